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
        using var scope = NewDisposeScope();
        (LaneControl Control, Func<ControlResiduals?> Answer)[] asked = [.. batch.Controls.Select(control => (control, control.Ask(Of(plain, control.Lanes))))];
        var encoded = model.Encode(plain with { Pass = pass });
        foreach (var (control, answer) in asked)
        {
            using var residuals = answer();
            residuals?.AddTo(encoded, control.Lanes.Count == batch.Lanes ? null : Numbers(control.Lanes, batch.Sample.device));
        }

        return model.Decode(encoded).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    // ControlNets see latents only, not an inpainting model's further channels.
    private UNetInput Of(UNetInput input, IReadOnlyList<int> lanes)
    {
        var latents = input.Sample.narrow(1, 0, Math.Min(model.Config.OutChannels, input.Sample.shape[1]));
        if (lanes.Count == latents.shape[0])
        {
            return input with { Sample = latents };
        }

        var numbers = Numbers(lanes, latents.device);
        return input with
        {
            Sample = latents.index_select(0, numbers),
            Timestep = input.Timestep.index_select(0, numbers),
            Text = input.Text.index_select(0, numbers),
            AddedCondition = input.AddedCondition is { } added ? new AddedCondition(added.PooledText.index_select(0, numbers), added.TimeIds.index_select(0, numbers)) : null,
        };
    }

    private static Tensor Numbers(IReadOnlyList<int> lanes, Device device) => tensor(lanes.Select(static lane => (long)lane).ToArray(), device: device);
}
