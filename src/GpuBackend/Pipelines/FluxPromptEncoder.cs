using SimServe.GpuBackend.Models.Flux;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>Trained text encoders: T5's states for the tokens, CLIP's pooled output for the whole, as <see cref="FluxText"/> gives them.</summary>
/// <param name="text">The text encoders; owned from now on.</param>
/// <param name="tokens">Text tokens of every prompt; what is longer is cut.</param>
internal sealed class FluxPromptEncoder(FluxText text, int tokens) : IPromptEncoder
{
    // Text encoders look at the prompt only; nothing is drawn, and no image of this size is made.
    private readonly SeededNoise _noise = new(0, 1);

    /// <inheritdoc/>
    public PromptEmbedding Encode(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var request = new ImageRequest { Prompts = [prompt], Width = 1, Height = 1, Steps = 1, Guidance = 0, Noise = _noise, MaxSequenceLength = tokens };
        var condition = text.Encode(request, guided: false, observer: null).Positive;
        return new PromptEmbedding(Numbers(condition.Text), Numbers(condition.Pooled!));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        text.Dispose();
        _noise.Dispose();
    }

    private static float[] Numbers(Tensor condition) => condition.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
}
