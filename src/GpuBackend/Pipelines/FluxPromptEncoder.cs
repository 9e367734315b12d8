using SimServe.GpuBackend.Models.Flux;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>Trained text encoders: T5's states for the tokens, CLIP's pooled output for the whole, as <see cref="FluxText"/> gives them.</summary>
/// <param name="text">The text encoders; owned from now on.</param>
internal sealed class FluxPromptEncoder(FluxText text) : IPromptEncoder
{
    /// <inheritdoc/>
    public PromptEmbedding Encode(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var condition = text.Encode([prompt]);
        return new PromptEmbedding(Numbers(condition.Text), Numbers(condition.Pooled!));
    }

    /// <inheritdoc/>
    public void Dispose() => text.Dispose();

    private static float[] Numbers(Tensor condition) => condition.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
}
