namespace SimServe.Simulator.Workloads;

/// <summary>Every mask ratio of a range is equally likely.</summary>
public sealed class UniformMaskRatios : MaskRatioDistribution
{
    private readonly double _low;
    private readonly double _high;

    /// <summary>Creates the distribution.</summary>
    /// <param name="low">Least ratio, at least 0.</param>
    /// <param name="high">Greatest ratio, greater than <paramref name="low"/> and at most 1.</param>
    public UniformMaskRatios(double low, double high)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(low);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(high, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(low, high);
        _low = low;
        _high = high;
    }

    /// <inheritdoc/>
    public override string Name => $"{MaskRatios.UniformPrefix}{_low}{MaskRatios.RangeMark}{_high}";

    /// <inheritdoc/>
    public override double Quantile(double probability) => _low + (probability * (_high - _low));

    /// <inheritdoc/>
    public override double CumulativeShare(double ratio) => Math.Clamp((ratio - _low) / (_high - _low), 0, 1);
}
