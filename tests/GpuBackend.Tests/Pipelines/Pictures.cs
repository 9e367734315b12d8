using SimServe.GpuBackend.Images;
using SimServe.Policies;

namespace SimServe.GpuBackend.Tests.Pipelines;

/// <summary>Pictures and masks for tests.</summary>
internal static class Pictures
{
    public static RgbImage Random(RandomStream random, int width, int height)
    {
        var pixels = new byte[3 * width * height];
        random.NextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }

    public static PixelMask RandomMask(RandomStream random, int width, int height) =>
        new(width, height, [.. Enumerable.Range(0, width * height).Select(_ => random.NextDouble() < 0.4)]);

    /// <summary>A mask whose middle is edited.</summary>
    public static PixelMask Middle(int width, int height) =>
        new(width, height, [.. Enumerable.Range(0, width * height).Select(i => Inner(i % width, width) && Inner(i / width, height))]);

    private static bool Inner(int at, int size) => at >= size / 4 && at < 3 * size / 4;
}
