using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>Noise from one seed for each image: an image is the same alone and in any batch.</summary>
/// <remarks>
/// Drawn on the processor with Torch's own generator, whatever the device: the same seed gives the numbers that diffusers gets from
/// <c>torch.Generator("cpu").manual_seed(seed)</c>.
/// </remarks>
public sealed class SeededNoise : INoiseSource, IDisposable
{
    private readonly Generator[] _generators;

    /// <summary>Creates the source.</summary>
    /// <param name="seed">Seed of the first image; the next ones have the following seeds.</param>
    /// <param name="images">Images, at least 1.</param>
    public SeededNoise(long seed, int images)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(images, 1);
        _generators = [.. Enumerable.Range(0, images).Select(image => new Generator(unchecked((ulong)(seed + image)), CPU))];
    }

    /// <inheritdoc/>
    public Tensor Draw(NoiseUse use, long[] shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentOutOfRangeException.ThrowIfNotEqual(shape[0], _generators.Length);
        using var scope = NewDisposeScope();
        long[] one = [1, .. shape.AsSpan(1)];
        return cat([.. _generators.Select(generator => randn(one, dtype: ScalarType.Float32, generator: generator))]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_generators, static generator => generator.Dispose());
}
