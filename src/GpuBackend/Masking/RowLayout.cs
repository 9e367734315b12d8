using SimServe.GpuBackend.Models.Flux;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>What of a step of a template is recorded, block after block, and how it lies in memory.</summary>
internal sealed class RowLayout
{
    private readonly RowSet?[] _sets;

    private RowLayout(CacheFormat cache, RowSet?[] sets, string words) =>
        (Cache, _sets, Words, StepBytes) = (cache, sets, words, sets.Sum(static set => set?.Bytes ?? 0));

    /// <summary>What is kept, and in which numbers.</summary>
    public CacheFormat Cache { get; }

    /// <summary>Blocks of the model.</summary>
    public int Blocks => _sets.Length;

    /// <summary>Bytes of a step.</summary>
    public long StepBytes { get; }

    /// <summary>What the bytes of a step are, in words: recordings of different layouts cannot stand in for each other.</summary>
    public string Words { get; }

    /// <summary>A block's rows.</summary>
    /// <param name="block">The block.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such block, or nothing of it is recorded.</exception>
    public RowSet this[int block] => (uint)block < (uint)_sets.Length && _sets[block] is { } set
        ? set
        : throw new ArgumentOutOfRangeException(nameof(block), block, "Nothing is recorded for it.");

    /// <summary>Whether anything of a block is recorded.</summary>
    /// <param name="block">The block.</param>
    public bool Has(int block) => _sets[block] is not null;

    /// <summary>Of a Flux model: every block's input, text rows first, or its image tokens' keys and values.</summary>
    /// <param name="config">The model.</param>
    public static RowLayout Of(FluxConfig config)
    {
        var format = new RowFormat(config.Cache, config.Type, config.Transformer.Width);
        var text = config.Cache.Variant == CacheVariant.BlockInput ? config.TextTokens : 0;
        var first = new RowSet(format, text, text + config.Grid.Count, 0);
        return new RowLayout(
            config.Cache,
            [.. Enumerable.Range(0, config.Transformer.Blocks).Select(block => first with { Offset = block * first.Bytes })],
            $"{config.Cache.VariantName} in {config.Cache.NumbersName}, {config.Transformer.Blocks} blocks, {config.SequenceTokens} rows of {config.Transformer.Width} {config.Type}");
    }

    /// <summary>Of a model with convolutions: what each block loads, branch by branch.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="type">Numbers that it computes in.</param>
    public static RowLayout Of(ModelShape shape, ScalarType type)
    {
        var (sets, offset) = (new RowSet?[shape.Blocks.Count], 0L);
        for (var block = 0; block < sets.Length; block++)
        {
            if (shape.LoadedRowBytes(block) > 0)
            {
                sets[block] = SetOf(shape, type, block, offset);
                offset += sets[block]!.Bytes;
            }
        }

        return new RowLayout(
            shape.Cache, sets, $"{shape.Cache.VariantName} in {shape.Cache.NumbersName}, {sets.Length} blocks, rows of {string.Join(' ', sets.Select(static set => set is null ? "-" : $"{set.Rows}x{set.Format.Width}"))} {type}");
    }

    // What convolutions read are always hidden states.
    private static RowSet SetOf(ModelShape shape, ScalarType type, int block, long offset)
    {
        var keysValues = shape.LoadsKeysValues(block);
        var source = shape.Blocks[keysValues ? block : block - 1];
        return new RowSet(new RowFormat(keysValues ? shape.Cache : shape.Cache with { Variant = CacheVariant.BlockInput }, type, source.Width), 0, shape.Branches * source.ImageTokens, offset);
    }
}
