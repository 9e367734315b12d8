using SimServe.GpuBackend.Images;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>Images and masks as tensors and back.</summary>
internal static class PixelTensors
{
    private const int Levels = byte.MaxValue;

    /// <summary>An image, [1, 3, H, W], float32 from 0 to 1.</summary>
    public static Tensor Of(RgbImage image)
    {
        using var scope = NewDisposeScope();
        var bytes = tensor(image.Pixels.ToArray(), [image.Height, image.Width, 3]);
        return bytes.permute(2, 0, 1).unsqueeze(0).to(ScalarType.Float32).div_(Levels).MoveToOuterDisposeScope();
    }

    /// <summary>A mask, [1, 1, H, W], float32: 1 where the pixel is edited.</summary>
    public static Tensor Of(PixelMask mask)
    {
        using var scope = NewDisposeScope();
        return tensor(mask.Edited.ToArray(), [1, 1, mask.Height, mask.Width]).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>Images of 8 bits.</summary>
    /// <param name="pixels">[B, 3, H, W] from 0 to 1.</param>
    public static IReadOnlyList<RgbImage> Images(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var (height, width) = ((int)pixels.shape[2], (int)pixels.shape[3]);
        var bytes = pixels.to(ScalarType.Float32).mul(Levels).round_().clamp_(0, Levels).to(ScalarType.Byte).permute(0, 2, 3, 1).contiguous().cpu();
        return [.. Enumerable.Range(0, (int)pixels.shape[0]).Select(i => new RgbImage(width, height, bytes[i].contiguous().bytes.ToArray()))];
    }
}
