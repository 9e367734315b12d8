namespace SimServe.GpuBackend.Models;

/// <summary>What serving a model takes of a device's memory, bytes.</summary>
/// <param name="Weights">Weights of everything, text encoders and autoencoder too.</param>
/// <param name="LoadBuffers">What one worker loads cached rows into.</param>
/// <param name="Activations">Estimate of what one worker's computation holds at its widest.</param>
/// <param name="Template">What is kept of a template beside its rows.</param>
internal readonly record struct ServedMemory(long Weights, long LoadBuffers, long Activations, long Template);
