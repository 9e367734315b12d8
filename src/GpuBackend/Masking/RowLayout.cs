using SimServe.GpuBackend.Models.Flux;
using SimServe.Policies;

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
}
