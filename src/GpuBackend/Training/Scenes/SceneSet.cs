using System.Globalization;
using SimServe.GpuBackend.ModelFiles;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training.Scenes;

/// <summary>Painted scenes in files, some thousands in each.</summary>
/// <remarks>The files only save the time of painting: they can be made again from the seed. Each is written beside its place and renamed.</remarks>
public sealed class SceneSet : IDisposable
{
    private const int PerFile = 2048;
    private const string Name = "pixels";

    private readonly SceneSource _source;
    private readonly Tensor _pixels;

    private SceneSet(SceneSource source, Tensor pixels) => (_source, _pixels) = (source, pixels);

    /// <summary>Scenes in the set.</summary>
    public int Count => (int)_pixels.shape[0];

    /// <summary>A scene.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public Scene this[int index] => _source[index];

    /// <summary>Opens a set, painting what is not there yet.</summary>
    /// <param name="folder">Where its files are; made when missing.</param>
    /// <param name="seed">Seed of the scenes.</param>
    /// <param name="split">Which scenes.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="style">How they are painted.</param>
    /// <exception cref="ModelFileException">A file is damaged or cut short, or holds other scenes.</exception>
    /// <exception cref="IOException">The disk does not take a file; none is left half-written.</exception>
    public static SceneSet Open(string folder, long seed, SceneSplit split, int count, SceneStyle style = SceneStyle.None)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Native.LibTorch.Load();
        Directory.CreateDirectory(folder);
        var source = new SceneSource(seed, split);
        using var scope = NewDisposeScope();
        List<Tensor> parts = [];
        for (var first = 0; first < count; first += PerFile)
        {
            var size = Math.Min(PerFile, count - first);
            var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{split.ToString().ToLowerInvariant()}{(style == SceneStyle.None ? "" : "-" + style.ToString().ToLowerInvariant())}-{seed}-{first:00000}-{size}.safetensors"));
            if (!File.Exists(path))
            {
                using var painted = Paint(source, first, size, style);
                SafetensorsWriter.Write(path, new Dictionary<string, Tensor> { [Name] = painted });
            }

            parts.Add(Read(path, size));
        }

        return new SceneSet(source, cat(parts).DetachFromDisposeScope());
    }

    /// <summary>Pictures.</summary>
    /// <param name="indices">Which.</param>
    /// <returns>[B, 3, 64, 64], float32 from -1 to 1; the caller disposes it.</returns>
    public Tensor Pixels(IReadOnlyList<int> indices)
    {
        using var scope = NewDisposeScope();
        var rows = tensor(indices.Select(static index => (long)index).ToArray());
        return _pixels.index_select(0, rows).to(ScalarType.Float32).div_(127.5).sub_(1).MoveToOuterDisposeScope();
    }

    /// <summary>Mean over the first scenes of something, taken over some of them at once.</summary>
    /// <param name="most">How many scenes, where there are as many.</param>
    /// <param name="atOnce">How many of them at once.</param>
    /// <param name="mean">The mean over scenes of these numbers, a single number, of the current dispose scope.</param>
    internal double Mean(int most, int atOnce, Func<int[], Tensor> mean)
    {
        var count = Math.Min(most, Count);
        return Enumerable.Range(0, count).Chunk(atOnce).Sum(chosen =>
        {
            using var scope = NewDisposeScope();
            return (double)chosen.Length * mean(chosen).item<float>();
        }) / count;
    }

    /// <inheritdoc/>
    public void Dispose() => _pixels.Dispose();

    private static Tensor Read(string path, int size)
    {
        using var file = SafetensorsFile.Open(path);
        long[] shape = [size, 3, Scene.Side, Scene.Side];
        if (!file.Tensors.ContainsKey(Name))
        {
            throw new ModelFileException($"'{path}' holds no \"{Name}\": it is no file of painted scenes. Delete it, and it is painted again.");
        }

        var read = file.Read(Name);
        return read.dtype == ScalarType.Byte && read.shape.AsSpan().SequenceEqual(shape)
            ? read.clone()
            : throw new ModelFileException($"'{path}' holds {read.dtype} [{string.Join(", ", read.shape)}], not Byte [{string.Join(", ", shape)}]. Delete it, and it is painted again.");
    }

    private static Tensor Paint(SceneSource source, int first, int count, SceneStyle style)
    {
        const int Picture = 3 * Scene.Side * Scene.Side;
        var bytes = new byte[count * Picture];
        Parallel.For(0, count, index =>
            SceneStyles.Apply(ScenePainter.Paint(source[first + index]), style).Pixels.CopyTo(bytes.AsSpan(index * Picture, Picture)));
        using var scope = NewDisposeScope();
        return tensor(bytes, [count, Scene.Side, Scene.Side, 3]).permute(0, 3, 1, 2).contiguous().MoveToOuterDisposeScope();
    }
}
