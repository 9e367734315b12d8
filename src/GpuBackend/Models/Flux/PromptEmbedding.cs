namespace SimServe.GpuBackend.Models.Flux;

/// <summary>A prompt as the model sees it.</summary>
/// <param name="Text">Token by token, text tokens * text width.</param>
/// <param name="Pooled">The whole prompt, pooled width.</param>
public sealed record PromptEmbedding(IReadOnlyList<float> Text, IReadOnlyList<float> Pooled);
