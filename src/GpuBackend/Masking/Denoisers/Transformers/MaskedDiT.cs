using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Models.DiT;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers.Transformers;

/// <summary>DiT, conditioned by a class; the negative of guidance is the null class, one beyond the last.</summary>
/// <param name="model">The model. Where it predicts a variance too, that is left out.</param>
internal sealed class MaskedDiT(DiTTransformer2DModel model) : MaskedTransformer
{
    /// <inheritdoc/>
    public override WeightStore Weights => model.Weights;

    /// <inheritdoc/>
    public override int TokenSide => model.Config.PatchSize;

    /// <inheritdoc/>
    protected override IReadOnlyList<int> Attentions { get; } = [.. Enumerable.Repeat(1, model.Config.Layers)];

    /// <inheritdoc/>
    protected override Tensor Forward(DenoiserBatch batch, IBlockRecorder? recorder) => Noise(model.Forward(Input(batch), recorder));

    /// <inheritdoc/>
    protected override Tensor Forward(DenoiserBatch batch, PackedTokens tokens, IBlockRows others) => Noise(model.ForwardMasked(Input(batch), tokens, others));

    private Tensor Noise(Tensor prediction) => prediction.narrow(1, 0, model.Config.InChannels);

    private DiTTransformerInput Input(DenoiserBatch batch) => new()
    {
        HiddenStates = batch.Sample.to(Weights.Type),
        Timestep = Timesteps(batch),
        ClassLabels = tensor(batch.Conditions.Select(static condition => condition.Label).ToArray(), device: batch.Sample.device),
    };
}
