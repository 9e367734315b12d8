using MathNet.Numerics.Interpolation;

namespace SimServe.Simulator.Calibration;

/// <summary>A table of times by one quantity, which never fall as it grows, with a monotone cubic between its entries.</summary>
/// <remarks>
/// Entries are the samples made monotone by pooling adjacent violators (Barlow et al., "Statistical Inference under Order Restrictions", 1972). Between them Fritsch and
/// Carlson's cubic (1980), which does not overshoot. Below the first entry times stay; beyond the last they grow in proportion to the quantity.
/// </remarks>
public sealed class MonotoneTable : ITermPredictor
{
    /// <summary>Its name in profiles.</summary>
    public const string Name = "table";

    private readonly string[] _names;
    private readonly int[] _summed;
    private readonly double[] _quantities;
    private readonly double[] _seconds;
    private readonly CubicSpline? _between;

    private MonotoneTable(string[] names, int[] summed, double[] quantities, double[] seconds)
    {
        (_names, _summed, _quantities, _seconds) = (names, summed, quantities, seconds);
        _between = quantities.Length >= 3 ? CubicSpline.InterpolatePchipSorted(quantities, seconds) : null;
    }

    /// <inheritdoc/>
    public string Kind => Name;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, IReadOnlyList<double>> Parameters => new SortedDictionary<string, IReadOnlyList<double>>(StringComparer.Ordinal)
    {
        [string.Join(" + ", _summed.Select(column => _names[column]))] = _quantities,
        ["seconds"] = _seconds,
    };

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<double> features)
    {
        if (features.Length != _names.Length)
        {
            throw new ArgumentException($"The table was made of {_names.Length} features, not {features.Length}.", nameof(features));
        }

        var quantity = 0.0;
        foreach (var column in _summed)
        {
            quantity += features[column];
        }

        return quantity <= _quantities[0] ? _seconds[0] : quantity >= _quantities[^1] ? _seconds[^1] * quantity / _quantities[^1] : Between(quantity);
    }

    /// <summary>Makes the table.</summary>
    /// <returns><c>null</c> where the term has no quantity, or fewer than three values of it.</returns>
    internal static MonotoneTable? Fit(TermSamples samples)
    {
        int[] summed = [.. Enumerable.Range(0, samples.Names.Count).Where(column => samples.IsQuantity(column))];
        var entries = Enumerable.Range(0, samples.Count)
            .GroupBy(index => summed.Sum(column => samples.Rows[index][column]))
            .OrderBy(static group => group.Key)
            .Select(group => (Quantity: group.Key, Seconds: group.Average(index => samples.Seconds[index]), Weight: (double)group.Count()))
            .ToList();
        return summed.Length == 0 || entries.Count < 3 || entries[0].Quantity <= 0
            ? null
            : new MonotoneTable([.. samples.Names], summed, [.. entries.Select(static entry => entry.Quantity)], Pooled(entries));
    }

    private double Between(double quantity)
    {
        // Equal entries at the ends make the cubic constant there, as it must be; rounding must not take it out of the table's range.
        var seconds = _between!.Interpolate(quantity);
        return Math.Clamp(seconds, _seconds[0], _seconds[^1]);
    }

    // Neighbours that fall are replaced by their mean, until none does.
    private static double[] Pooled(List<(double Quantity, double Seconds, double Weight)> entries)
    {
        var blocks = new Stack<(double Seconds, double Weight, int Entries)>();
        foreach (var (_, seconds, weight) in entries)
        {
            var block = (Seconds: seconds, Weight: weight, Entries: 1);
            while (blocks.TryPeek(out var before) && before.Seconds > block.Seconds)
            {
                blocks.Pop();
                var both = before.Weight + block.Weight;
                block = (((before.Seconds * before.Weight) + (block.Seconds * block.Weight)) / both, both, before.Entries + block.Entries);
            }

            blocks.Push(block);
        }

        return [.. blocks.Reverse().SelectMany(static block => Enumerable.Repeat(block.Seconds, block.Entries))];
    }
}
