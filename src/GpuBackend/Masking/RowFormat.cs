using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Native;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>How recorded rows lie in memory, and how they become numbers that the model computes in.</summary>
/// <remarks>
/// A row is a token's: its channels of the block's input, or those of its key and then of its value. In 8 bits the scales of its tensors lie before them, so that a
/// row is one run of bytes whatever the format, and whoever copies rows need not know it. Scales are the largest number of the row's tensor over the largest of the format.
/// </remarks>
internal sealed class RowFormat
{
    private const double LargestInt8 = 127;
    private const double LargestFloat8 = 448;

    // Rows of zeros have a scale too.
    private const double LeastLargest = 1e-30;

    // libtorch's number for it: TorchSharp has no name for 8-bit floating point.
    private const ScalarType Float8 = (ScalarType)24;

    private readonly ScalarType _model;

    /// <summary>The format of rows.</summary>
    /// <param name="cache">What is kept, and in which numbers.</param>
    /// <param name="model">Numbers that the model computes in.</param>
    /// <param name="width">Channels of a tensor of a row, H.</param>
    public RowFormat(CacheFormat cache, ScalarType model, int width)
    {
        var bytes = SafetensorsTypes.Size(model);
        (Cache, _model, Width) = (cache, model, width);
        RowBytes = checked((int)Cache.RowBytes(Width, bytes));
        Type = Cache.Numbers switch
        {
            CacheNumbers.AsModel => _model,
            CacheNumbers.Float32 => ScalarType.Float32,
            CacheNumbers.BFloat16 => ScalarType.BFloat16,
            _ => ScalarType.Int8,
        };
        Resumes = Cache.Resumes(bytes);
        IsExact = Cache.IsExact(bytes);
    }

    /// <summary>What is kept, and in which numbers.</summary>
    public CacheFormat Cache { get; }

    /// <summary>Channels of a tensor of a row, H.</summary>
    public int Width { get; }

    /// <summary>Bytes of a row.</summary>
    public int RowBytes { get; }

    /// <summary>Elements of a row, of <see cref="Type"/>.</summary>
    public int Elements => RowBytes / SafetensorsTypes.Size(Type);

    /// <summary>Type of what is copied; rows in 8 bits are bytes.</summary>
    public ScalarType Type { get; }

    /// <summary>Whether a template's own computation can go on from stored rows.</summary>
    public bool Resumes { get; }

    /// <summary>Whether stored rows are the model's, bit for bit.</summary>
    public bool IsExact { get; }

    /// <summary>Room for stored rows.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="device">Where; <c>null</c>: in host memory.</param>
    public Tensor Empty(long rows, Device? device = null) => empty([rows, Elements], dtype: Type, device: device ?? CPU);

    /// <summary>Stored rows at the start of a buffer.</summary>
    /// <param name="buffer">Bytes, on any device; must live as long as the result.</param>
    /// <param name="rows">How many.</param>
    public Tensor Over(Tensor buffer, long rows) => MappedTensor.Create(TensorAddress.Of(buffer), [rows, Elements], [Elements, 1], Type, buffer.device);

    /// <summary>Stores rows in host memory.</summary>
    /// <param name="rows">[R, parts * H], of the model's type.</param>
    /// <param name="address">Where the first goes.</param>
    public void Store(Tensor rows, nint address)
    {
        using var scope = NewDisposeScope();
        if (!Cache.IsCompressed)
        {
            MappedTensor.Create(address, rows.shape, Type).copy_(rows);
            return;
        }

        var (numbers, scales) = Compress(rows);
        var (count, row) = (rows.shape[0], RowBytes);
        MappedTensor.Create(address, [count, Cache.Parts], [row / CacheFormat.ScaleBytes, 1], ScalarType.Float32).copy_(scales.squeeze(-1));
        MappedTensor.Create(address + ScalesBytes, [count, Cache.Parts * Width], [row, 1], numbers.dtype).copy_(numbers.flatten(1));
    }

    /// <summary>Stored rows as the model's numbers.</summary>
    /// <param name="stored">[R, ...], as <see cref="Empty"/> made it, on any device; must live as long as the result, which may be it.</param>
    /// <returns>[R, parts * H], of the model's type.</returns>
    public Tensor Expand(Tensor stored)
    {
        if (!Cache.IsCompressed)
        {
            return stored.dtype == _model ? stored : stored.to(_model);
        }

        using var scope = NewDisposeScope();
        var (count, row, address) = (stored.shape[0], RowBytes, TensorAddress.Of(stored));
        var scales = MappedTensor.Create(address, [count, Cache.Parts], [row / CacheFormat.ScaleBytes, 1], ScalarType.Float32, stored.device);
        var numbers = MappedTensor.Create(address + ScalesBytes, [count, Cache.Parts, Width], [row, Width, 1], NumberType, stored.device);
        return Restore(numbers, scales.unsqueeze(-1)).MoveToOuterDisposeScope();
    }

    /// <summary>What would come back of rows that are stored: rows that are computed again give the same image as loaded ones.</summary>
    /// <param name="rows">[R, parts * H], of the model's type.</param>
    /// <returns>The same, or the very tensor where storing loses nothing.</returns>
    public Tensor ThroughStorage(Tensor rows)
    {
        if (IsExact)
        {
            return rows;
        }

        using var scope = NewDisposeScope();
        if (!Cache.IsCompressed)
        {
            return rows.to(Type).to(_model).MoveToOuterDisposeScope();
        }

        var (numbers, scales) = Compress(rows);
        return Restore(numbers, scales).MoveToOuterDisposeScope();
    }

    private ScalarType NumberType => Cache.Numbers == CacheNumbers.Int8 ? ScalarType.Int8 : Float8;

    private int ScalesBytes => Cache.Parts * CacheFormat.ScaleBytes;

    // [R, parts, H] and [R, parts, 1].
    private (Tensor Numbers, Tensor Scales) Compress(Tensor rows)
    {
        var parts = rows.to(ScalarType.Float32).unflatten(1, [Cache.Parts, Width]);
        var largest = parts.abs().amax([2], keepdim: true).clamp_min_(LeastLargest);
        var whole = Cache.Numbers == CacheNumbers.Int8;
        var scales = largest.div(whole ? LargestInt8 : LargestFloat8);
        var scaled = parts.div(scales);
        return ((whole ? scaled.round_().clamp_(-LargestInt8, LargestInt8) : scaled).to(NumberType), scales);
    }

    private Tensor Restore(Tensor numbers, Tensor scales) => numbers.to(ScalarType.Float32).mul_(scales).flatten(1).to(_model);
}
