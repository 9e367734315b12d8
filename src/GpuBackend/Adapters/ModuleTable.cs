using SimServe.GpuBackend.Weights;

namespace SimServe.GpuBackend.Adapters;

/// <summary>Finds a model's modules under all names that LoRA files use.</summary>
/// <remarks>
/// Names with underscores in place of dots cannot be taken apart (<c>to_q</c> has one of its own), so the table goes the other way: from the model's own
/// names to every spelling of them. It takes a few milliseconds for the largest models.
/// </remarks>
internal sealed class ModuleTable
{
    private const string Ending = ".weight";

    private readonly Dictionary<string, Weight> _weights;
    private readonly Dictionary<string, IReadOnlyList<ModuleRows>> _spellings = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ambiguous = new(StringComparer.Ordinal);

    /// <summary>Creates the table.</summary>
    /// <param name="store">The model's weights.</param>
    public ModuleTable(WeightStore store)
    {
        _weights = store.All.Values
            .Where(static weight => weight.Name.EndsWith(Ending, StringComparison.Ordinal) && weight.Original.dim() >= 2)
            .ToDictionary(static weight => weight.Name[..^Ending.Length], StringComparer.Ordinal);
        foreach (var (name, weight) in _weights)
        {
            Add(name, [ModuleRows.Whole(weight)]);
        }

        foreach (var (name, rows) in SgmNames.Of(_weights).Concat(FluxNames.Of(_weights)))
        {
            Add(name, rows);
        }
    }

    /// <summary>The rows that a module's up matrix changes.</summary>
    /// <param name="name">The module's name in a LoRA file.</param>
    /// <returns>Empty where the model has no such module or more than one.</returns>
    public IReadOnlyList<ModuleRows> Find(string name)
    {
        if (_weights.TryGetValue(name, out var weight))
        {
            return [ModuleRows.Whole(weight)];
        }

        var spelling = Underscored(name);
        return _ambiguous.Contains(spelling) ? [] : _spellings.GetValueOrDefault(spelling, []);
    }

    private void Add(string name, IReadOnlyList<ModuleRows> rows)
    {
        if (!_spellings.TryAdd(Underscored(name), rows))
        {
            _ambiguous.Add(Underscored(name));
        }
    }

    private static string Underscored(string name) => name.Replace('.', '_');
}
