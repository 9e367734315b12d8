using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>Where a pipeline's random numbers come from. Asked in the order in which diffusers draws them.</summary>
public interface INoiseSource
{
    /// <summary>Draws unit normal noise.</summary>
    /// <param name="use">What it is for.</param>
    /// <param name="shape">[B, ...].</param>
    /// <returns>Float32 on the processor; the caller disposes it.</returns>
    Tensor Draw(NoiseUse use, long[] shape);
}
