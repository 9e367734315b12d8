using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>The time-and-prompt vector: parts for the noise level, the guidance strength and the pooled prompt, added.</summary>
/// <remarks>
/// Source: diffusers' <c>CombinedTimestepGuidanceTextProjEmbeddings</c>. Noise level and guidance stay in float32 until they are embedded; the reference
/// rounds them to the model's type first, which moves a time step by up to 2 of 1000 in bfloat16.
/// </remarks>
/// <param name="weights">Its place: <c>timestep_embedder</c>, <c>text_embedder</c> and, with guidance, <c>guidance_embedder</c>.</param>
/// <param name="config">The model's sizes.</param>
internal sealed class TimeTextEmbedding(WeightScope weights, FluxTransformerConfig config)
{
    private const int Channels = 256;

    // Noise levels count in thousandths, as the training steps of earlier models did; so does guidance.
    private const double Scale = 1000;

    private readonly TimestepEmbedding _time = new(weights.Sub("timestep_embedder"), Channels, config.Width);
    private readonly TimestepEmbedding _text = new(weights.Sub("text_embedder"), config.PooledWidth, config.Width);
    private readonly TimestepEmbedding? _guidance =
        config.GuidanceEmbeds ? new(weights.Sub("guidance_embedder"), Channels, config.Width) : null;

    private readonly Tap _tap = weights.Tap();
    private readonly ScalarType _type = weights.Store.Type;

    /// <summary>All parts together.</summary>
    /// <param name="timestep">Noise levels, [B].</param>
    /// <param name="guidance">Guidance strengths, [B]; there exactly when the model takes them.</param>
    /// <param name="pooled">[B, P].</param>
    /// <returns>[B, H].</returns>
    public Tensor Apply(Tensor timestep, Tensor? guidance, Tensor pooled)
    {
        var time = Time(timestep);
        var both = guidance is null ? time : time.add(_guidance!.Apply(Sinusoidal(guidance)));
        return _tap.Out(both.add(Text(pooled)));
    }

    /// <summary>The noise level's part.</summary>
    /// <param name="timestep">[N], from 0 to 1.</param>
    /// <returns>[N, H].</returns>
    public Tensor Time(Tensor timestep) => _time.Apply(Sinusoidal(timestep));

    /// <summary>The prompt's part.</summary>
    /// <param name="pooled">[N, P].</param>
    /// <returns>[N, H].</returns>
    public Tensor Text(Tensor pooled) => _text.Apply(pooled);

    private Tensor Sinusoidal(Tensor values) => SinusoidalEmbedding.Of(values.to(ScalarType.Float32).mul(Scale), Channels).to(_type);
}
