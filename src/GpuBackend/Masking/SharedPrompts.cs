using SimServe.GpuBackend.Models.Flux;

namespace SimServe.GpuBackend.Masking;

/// <summary>Another model's encoder of prompts, which stays its own.</summary>
internal sealed class SharedPrompts(IPromptEncoder prompts) : IPromptEncoder
{
    /// <inheritdoc/>
    public PromptEmbedding Encode(string prompt) => prompts.Encode(prompt);

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
