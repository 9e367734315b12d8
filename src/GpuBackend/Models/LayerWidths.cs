using System.Text.Json;
using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Models;

/// <summary>Hidden widths of a model's parts that differ from what its sizes say: slimmed models keep fewer channels inside residual blocks and feed-forward networks.</summary>
/// <remarks>
/// A key of its own in <c>config.json</c>, an object from module paths to channels, e.g. <c>{ "down_blocks.0.resnets.0": 48, "mid_block.attentions.0.transformer_blocks.0.ff": 320 }</c>. Paths are diffusers'. What is
/// added to, attended to or handed on keeps its width, so that nothing outside the part knows.
/// </remarks>
public sealed class LayerWidths : IEquatable<LayerWidths>
{
    /// <summary>The key in <c>config.json</c>.</summary>
    public const string Key = "_layer_widths";

    private readonly SortedDictionary<string, int> _widths;

    /// <summary>Creates widths.</summary>
    /// <param name="widths">Channels, at least 1, by module path.</param>
    /// <exception cref="ArgumentOutOfRangeException">A width is below 1.</exception>
    public LayerWidths(IReadOnlyDictionary<string, int> widths)
    {
        ArgumentNullException.ThrowIfNull(widths);
        foreach (var width in widths.Values)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(width, 1, nameof(widths));
        }

        _widths = new SortedDictionary<string, int>(new Dictionary<string, int>(widths), StringComparer.Ordinal);
    }

    /// <summary>No part differs.</summary>
    public static LayerWidths Full { get; } = new(new Dictionary<string, int>());

    /// <summary>Whether no part differs.</summary>
    public bool IsFull => _widths.Count == 0;

    /// <summary>The parts that differ, by their paths, in ordinal order.</summary>
    public IReadOnlyDictionary<string, int> ByPath => _widths;

    /// <summary>A part's hidden width.</summary>
    /// <param name="path">Its module path.</param>
    /// <param name="full">The width that the model's sizes say.</param>
    public int Of(string path, int full) => _widths.GetValueOrDefault(path, full);

    /// <inheritdoc/>
    public bool Equals(LayerWidths? other) => other is not null && _widths.SequenceEqual(other._widths);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LayerWidths);

    /// <inheritdoc/>
    public override int GetHashCode() => _widths.Aggregate(0, static (hash, part) => HashCode.Combine(hash, part.Key, part.Value));

    /// <summary>Reads the key; faults stay in the file's list.</summary>
    /// <param name="config">The file.</param>
    /// <param name="parts">Lists the parts whose widths may differ; asked where there is the key.</param>
    internal static LayerWidths Read(ConfigFile config, Func<IEnumerable<WidthPart>> parts)
    {
        if (config.Find(Key) is not { } found)
        {
            return Full;
        }

        config.Require(found.ValueKind == JsonValueKind.Object, Key, found.ValueKind, "an object of widths by module path");
        if (found.ValueKind != JsonValueKind.Object)
        {
            return Full;
        }

        var (known, widths) = (parts().ToDictionary(static part => part.Path, StringComparer.Ordinal), new Dictionary<string, int>(StringComparer.Ordinal));
        foreach (var property in found.EnumerateObject())
        {
            var isKnown = known.TryGetValue(property.Name, out var part);
            config.Require(isKnown, Key, property.Name, "paths of this model's residual blocks and feed-forward networks");
            if (!isKnown)
            {
                continue;
            }

            var fits = property.Value.ValueKind == JsonValueKind.Number && property.Value.TryGetInt32(out var width) && width >= 1 && width <= part.Full && width % part.Multiple == 0;
            config.Require(
                fits, $"{Key}.{property.Name}", property.Value.GetRawText(), $"a whole number from {part.Multiple} to {part.Full}{(part.Multiple == 1 ? "" : $" that {part.Multiple} divides, as its norm's groups do")}");
            if (fits && property.Value.GetInt32() != part.Full)
            {
                widths[property.Name] = property.Value.GetInt32();
            }
        }

        return widths.Count == 0 ? Full : new LayerWidths(widths);
    }
}
