namespace SimServe.GpuBackend.Models.Flux;

/// <summary>Turns prompts into what a served model is conditioned with. Any number of threads may encode at once.</summary>
public interface IPromptEncoder : IDisposable
{
    /// <summary>Encodes a prompt.</summary>
    /// <param name="prompt">Any text, also empty.</param>
    PromptEmbedding Encode(string prompt);
}
