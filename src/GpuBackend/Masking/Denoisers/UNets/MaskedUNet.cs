using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers.UNets;

/// <summary>U-Nets whose transformers compute masked tokens only, and whose convolutions may run on tiles that hold masked pixels.</summary>
/// <param name="model">The model; its weights may be patched by adapters, the same while a template is recorded and edited.</param>
internal sealed class MaskedUNet(UNet2DConditionModel model) : IMaskedDenoiser
{
    /// <inheritdoc/>
    public WeightStore Weights => model.Weights;

    /// <inheritdoc/>
    public int TokenSide => 1;

    /// <inheritdoc/>
    public Tensor Plain(DenoiserBatch batch) => Forward(batch, IUNetPass.Plain);

    /// <inheritdoc/>
    public Tensor Record(DenoiserBatch batch, IReadOnlyList<RecordedLayers> lanes, RecordingOptions options) =>
        Forward(batch, new RecordingPass(lanes, options));

    /// <inheritdoc/>
    public Tensor Masked(DenoiserBatch batch, IReadOnlyList<LaneReuse> lanes, RecordingOptions recorded, ReuseModes modes)
    {
        modes.Check(model.Transformers);
        if (modes.TileSide is not { } side)
        {
            using var dense = new RecordedPass(lanes, recorded.Variant, modes);
            return Forward(batch, dense);
        }

        if (!recorded.Maps)
        {
            throw new ArgumentException("The template was recorded without feature maps, which convolutions on tiles need: record it with them.", nameof(recorded));
        }

        using var tiled = new TiledPass(lanes, recorded.Variant, modes, side);
        return Forward(batch, tiled);
    }

    /// <summary>The model, computed by a pass of one's own.</summary>
    /// <param name="batch">The lanes.</param>
    /// <param name="pass">How layers are computed; hears of every block.</param>
    public Tensor Forward(DenoiserBatch batch, IUNetPass pass)
    {
        var type = Weights.Type;
        var plain = new UNetInput
        {
            Sample = batch.Sample.to(type),
            Timestep = tensor(batch.Timesteps.Select(static timestep => (float)timestep).ToArray(), device: batch.Sample.device),
            Text = batch.Joined(static condition => condition.Text, type),
            AddedCondition = model.Config.Encoder.Added is null ? null : new AddedCondition(
                batch.Joined(static condition => condition.Pooled, type), batch.Joined(static condition => condition.TimeIds, ScalarType.Float32)),
        };
        return model.Forward(plain with { Pass = pass, Residuals = Residuals(plain, batch.Controls) }).to(ScalarType.Float32);
    }

    // ControlNets see latents only, not an inpainting model's further channels. Members without one get zeros.
    private ControlResiduals? Residuals(UNetInput input, IReadOnlyList<LaneControl> controls)
    {
        List<(LaneControl Lanes, ControlResiduals Residuals)> answers = [];
        foreach (var control in controls)
        {
            if (control.Residuals(Of(input, control.First, control.Lanes, model.Config.OutChannels)) is { } residuals)
            {
                answers.Add((control, residuals));
            }
        }

        if (answers.Count == 0)
        {
            return null;
        }

        var lanes = input.Sample.shape[0];
        return new ControlResiduals(
            [.. Enumerable.Range(0, answers[0].Residuals.Down.Count).Select(i => Joined(lanes, answers, residuals => residuals.Down[i]))],
            Joined(lanes, answers, static residuals => residuals.Mid));
    }

    private static UNetInput Of(UNetInput input, int first, int lanes, int channels) => input with
    {
        Sample = input.Sample.narrow(0, first, lanes).narrow(1, 0, Math.Min(channels, input.Sample.shape[1])),
        Timestep = input.Timestep.narrow(0, first, lanes),
        Text = input.Text.narrow(0, first, lanes),
        AddedCondition = input.AddedCondition is { } added
            ? new AddedCondition(added.PooledText.narrow(0, first, lanes), added.TimeIds.narrow(0, first, lanes))
            : null,
    };

    private static Tensor Joined(long lanes, List<(LaneControl Lanes, ControlResiduals Residuals)> answers, Func<ControlResiduals, Tensor> part)
    {
        var like = part(answers[0].Residuals);
        var all = zeros([lanes, .. like.shape[1..]], dtype: like.dtype, device: like.device);
        foreach (var (control, residuals) in answers)
        {
            all.narrow(0, control.First, control.Lanes).copy_(part(residuals));
        }

        return all;
    }
}
