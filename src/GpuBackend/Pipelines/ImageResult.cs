using SimServe.GpuBackend.Images;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>What a pipeline made.</summary>
public sealed class ImageResult : IDisposable
{
    internal ImageResult(Tensor pixels, ReuseTimes? reuse = null) => (Pixels, Images, Reuse) = (pixels, PixelTensors.Images(pixels), reuse);

    /// <summary>As decoded, [B, 3, H, W], float32 from 0 to 1; unmasked pixels of an edit went through the autoencoder.</summary>
    public Tensor Pixels { get; }

    /// <summary>The same with 8 bits for each colour, one for each prompt.</summary>
    public IReadOnlyList<RgbImage> Images { get; }

    /// <summary>What reuse cost and took, or <c>null</c> where everything was computed.</summary>
    public ReuseTimes? Reuse { get; }

    /// <inheritdoc/>
    public void Dispose() => Pixels.Dispose();
}
