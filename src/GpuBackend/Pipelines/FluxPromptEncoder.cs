using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>Trained text encoders: T5's states for the tokens, CLIP's pooled output for the whole, as <see cref="FluxText"/> gives them.</summary>
/// <param name="text">The text encoders; owned from now on.</param>
internal sealed class FluxPromptEncoder(FluxText text) : ITrainedPrompts
{
    /// <inheritdoc/>
    public WeightStore FirstWeights => text.FirstWeights;

    /// <inheritdoc/>
    public WeightStore? SecondWeights => text.SecondWeights;

    /// <inheritdoc/>
    public PromptEmbedding Encode(string prompt) => Encode(text, prompt);

    /// <inheritdoc/>
    public PromptEmbedding Encode(string prompt, PreparedAdapters adapters)
    {
        using var adapted = AdaptedText.Of(text, adapters);
        return Encode((FluxText)adapted.Text, prompt);
    }

    /// <inheritdoc/>
    public IPromptEncoder Twin() => new FluxPromptEncoder((FluxText)text.Twin());

    /// <inheritdoc/>
    public void Dispose() => text.Dispose();

    private static PromptEmbedding Encode(FluxText text, string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var condition = text.Encode([prompt]);
        return new PromptEmbedding(Numbers(condition.Text), Numbers(condition.Pooled!));
    }

    private static float[] Numbers(Tensor condition) => condition.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
}
