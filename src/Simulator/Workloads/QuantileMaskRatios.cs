namespace SimServe.Simulator.Workloads;

/// <summary>A distribution given by equally spaced quantiles with straight lines between them.</summary>
public sealed class QuantileMaskRatios : MaskRatioDistribution
{
    private readonly double[] _quantiles;

    /// <summary>Creates the distribution.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="quantiles">At least 2 values from 0 to 1, strictly increasing: the quantiles at 0, 1/k, ... 1.</param>
    /// <exception cref="ArgumentException">The values are too few, out of range or not strictly increasing.</exception>
    public QuantileMaskRatios(string name, IReadOnlyList<double> quantiles)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(quantiles);
        _quantiles = [.. quantiles];
        Name = name;
        if (_quantiles.Length < 2 || _quantiles[0] < 0 || _quantiles[^1] > 1 || !IsIncreasing(_quantiles))
        {
            throw new ArgumentException("Quantiles must be at least 2 strictly increasing numbers from 0 to 1.", nameof(quantiles));
        }
    }

    /// <inheritdoc/>
    public override string Name { get; }

    private int Intervals => _quantiles.Length - 1;

    /// <inheritdoc/>
    public override double Quantile(double probability)
    {
        var position = Math.Clamp(probability, 0, 1) * Intervals;
        var interval = Math.Min((int)position, Intervals - 1);
        return _quantiles[interval] + ((position - interval) * (_quantiles[interval + 1] - _quantiles[interval]));
    }

    /// <inheritdoc/>
    public override double CumulativeShare(double ratio)
    {
        if (ratio <= _quantiles[0])
        {
            return 0;
        }

        var interval = 0;
        while (interval < Intervals && ratio >= _quantiles[interval + 1])
        {
            interval++;
        }

        return interval == Intervals
            ? 1
            : (interval + ((ratio - _quantiles[interval]) / (_quantiles[interval + 1] - _quantiles[interval]))) / Intervals;
    }

    private static bool IsIncreasing(double[] values)
    {
        for (var i = 1; i < values.Length; i++)
        {
            if (!(values[i] > values[i - 1]))
            {
                return false;
            }
        }

        return true;
    }
}
