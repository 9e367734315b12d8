using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.StableDiffusion3;

/// <summary>The condition of all blocks: time step and pooled prompt.</summary>
/// <param name="weights">Its place: <c>timestep_embedder</c>, <c>text_embedder</c>.</param>
/// <param name="pooledWidth">Channels of the pooled prompt embedding.</param>
/// <param name="width">Channels of the condition.</param>
internal sealed class TimeTextEmbedding(WeightScope weights, long pooledWidth, long width)
{
    private const int SinusoidalWidth = 256;

    private readonly TimestepEmbedding _time = new(weights.Sub("timestep_embedder"), SinusoidalWidth, width);
    private readonly TimestepEmbedding _text = new(weights.Sub("text_embedder"), pooledWidth, width);
    private readonly Tap _tap = weights.Tap();

    /// <summary>Applies it.</summary>
    /// <param name="timestep">[B].</param>
    /// <param name="pooled">[B, pooled width].</param>
    /// <returns>[B, width].</returns>
    public Tensor Apply(Tensor timestep, Tensor pooled) =>
        _tap.Out(_time.Apply(SinusoidalEmbedding.Of(timestep, SinusoidalWidth).to(pooled.dtype)).add(_text.Apply(pooled)));
}
