using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Weights;

namespace SimServe.GpuBackend.Masking;

/// <summary>An encoder of prompts with weights that adapters can change.</summary>
internal interface ITrainedPrompts : IPromptEncoder
{
    /// <summary>Weights of the first text encoder.</summary>
    WeightStore FirstWeights { get; }

    /// <summary>Weights of the second one.</summary>
    WeightStore? SecondWeights { get; }

    /// <summary>Encodes a prompt as adapters have it; other threads meanwhile encode as ever.</summary>
    /// <param name="prompt">Any text.</param>
    /// <param name="adapters">Prepared for these weights.</param>
    /// <exception cref="ArgumentException">The adapters are for other weights.</exception>
    PromptEmbedding Encode(string prompt, PreparedAdapters adapters);

    /// <summary>Another encoder with the same weights; this one must outlive it.</summary>
    IPromptEncoder Twin();
}
