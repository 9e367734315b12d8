using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Models.DiT;
using SimServe.GpuBackend.Models.StableDiffusion3;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers.Transformers;

/// <summary>Stable Diffusion 3 and 3.5: joint blocks on masked image tokens and all text tokens.</summary>
/// <param name="model">The model.</param>
internal sealed class MaskedSD3(SD3Transformer2DModel model) : MaskedTransformer
{
    /// <inheritdoc/>
    public override WeightStore Weights => model.Weights;

    /// <inheritdoc/>
    public override int TokenSide => model.Config.PatchSize;

    /// <inheritdoc/>
    protected override IReadOnlyList<int> Attentions { get; } =
        [.. Enumerable.Range(0, model.Config.Layers).Select(layer => model.Config.DualAttentionLayers.Contains(layer) ? 2 : 1)];

    /// <inheritdoc/>
    protected override Tensor Forward(DenoiserBatch batch, IBlockRecorder? recorder) => model.Forward(Input(batch), recorder);

    /// <inheritdoc/>
    protected override Tensor Forward(DenoiserBatch batch, PackedTokens tokens, IBlockRows others) => model.ForwardMasked(Input(batch), tokens, others);

    private SD3TransformerInput Input(DenoiserBatch batch) => new()
    {
        HiddenStates = batch.Sample.to(Weights.Type),
        EncoderHiddenStates = batch.Joined(static condition => condition.Text, Weights.Type),
        PooledProjections = batch.Joined(static condition => condition.Pooled, Weights.Type),
        Timestep = Timesteps(batch),
    };
}
