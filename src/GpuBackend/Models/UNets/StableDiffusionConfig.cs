using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Models.Shapes;
using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Weights;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>A Stable Diffusion pipeline as it is served: its U-Net's sizes, and what every request has in common. Equal where folder and files are the same.</summary>
public sealed record StableDiffusionConfig : ServedConfig
{
    // A ResNet block of the way up holds its input beside the skip, both normed, and what convolutions make of them.
    private const int WidestTensors = 12;

    /// <summary>Full path of the folder, in diffusers' layout.</summary>
    public required string Folder { get; init; }

    /// <summary>Names, lengths and times of the folder's files: other files, other weights.</summary>
    public required string Files { get; init; }

    /// <summary>The U-Net's sizes.</summary>
    public required UNetConfig UNet { get; init; }

    /// <summary>The autoencoder's sizes.</summary>
    public required AutoencoderConfig Autoencoder { get; init; }

    /// <summary>Text tokens of every prompt.</summary>
    public required int TextTokens { get; init; }

    /// <summary>Scale of the guidance that every request has; above 1 the U-Net runs with and without the prompt.</summary>
    public required double Guidance { get; init; }

    /// <summary>Sizes of its text encoders: one, or SDXL's two.</summary>
    public required IReadOnlyList<ClipTextConfig> TextEncoders { get; init; }

    /// <summary>Class of the scheduler that takes the place of the folder's own, or <c>null</c>.</summary>
    public string? Scheduler { get; init; }

    /// <inheritdoc/>
    public override bool IsTrained => true;

    /// <summary>Forward passes of one request in one step.</summary>
    public int Branches => Guidance > 1 ? 2 : 1;

    /// <inheritdoc/>
    public override ModelShape ToShape() => UNet.ToShape(new ShapeOptions
    {
        Name = Name,
        Height = Grid.Height,
        Width = Grid.Width,
        TextTokens = TextTokens,
        LatentPixels = Grid.PatchPixels,
        BytesPerElement = ElementBytes,
        Branches = Branches,
    }) with
    {
        Cache = Cache,
        Recomputes = false,
        Resize = grid => (this with { Grid = grid }).ToShape(),
    };

    /// <summary>Whether another one is the same.</summary>
    /// <param name="other">The other, or <c>null</c>.</param>
    public bool Equals(StableDiffusionConfig? other) =>
        other is not null && (Folder, Files, Grid, Type, Cache) == (other.Folder, other.Files, other.Grid, other.Type, other.Cache);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Folder, Files, Grid, Type, Cache);

    /// <summary>Why its cache's numbers do not fit it, or <c>null</c>.</summary>
    internal string? CacheFault() => Cache.IsCompressed && UNet.Encoder.Levels.FirstOrDefault(static level => level.Channels % CacheFormat.ScaleBytes != 0) is { } odd
        ? $"a level has {odd.Channels} channels, which must be a multiple of {CacheFormat.ScaleBytes} with a cache in {Cache.NumbersName}"
        : Cache.Numbers == CacheNumbers.BFloat16 && Type == ScalarType.Float16 ? "a cache in bfloat16 is no shorter than float16 and less exact"
        : null;

    /// <inheritdoc/>
    internal override ServedMemory MemoryOf(int batch, int steps, int lookAhead)
    {
        var (shape, lanes, latents) = (ToShape(), (long)batch * Branches, (long)Grid.Count * UNet.OutChannels * sizeof(float));
        long[] loads = [.. Enumerable.Range(0, shape.Blocks.Count).Select(block => shape.BlockCacheBytes(block, 1) * batch).Where(static bytes => bytes > 0)];
        var buffers = Math.Min(loads.Length, (long)lookAhead + 2);
        var widest = UNet.Encoder.Levels.Take(2).Max(static level => level.Channels);
        return new ServedMemory(
            WeightBytes(),
            buffers * loads.DefaultIfEmpty(0).Max(),
            (WidestTensors * lanes * Grid.Count * widest * ElementBytes) + Autoencoder.DecodingBytes(Grid.Width, Grid.Height, Type),
            ((2L * steps) + 3) * latents);
    }

    private long WeightBytes()
    {
        using var unet = new UNet2DConditionModel(UNet, WeightStore.Counted());
        using var autoencoder = new AutoencoderKL(Autoencoder, WeightStore.Counted());
        var text = 0L;
        foreach (var encoder in TextEncoders)
        {
            using var counted = new ClipTextModel(encoder, WeightStore.Counted());
            text += counted.Weights.ParameterCount;
        }

        return ((unet.Weights.ParameterCount + text) * ElementBytes) + (autoencoder.Weights.ParameterCount * SafetensorsTypes.Size(Autoencoder.TypeBeside(Type)));
    }
}
