namespace SimServe.Simulator.Workloads;

/// <summary>Every request edits the same part of its image.</summary>
public sealed class ConstantMaskRatio : MaskRatioDistribution
{
    private readonly double _ratio;

    /// <summary>Creates the distribution.</summary>
    /// <param name="ratio">Masked tokens over all tokens, greater than 0 and at most 1.</param>
    public ConstantMaskRatio(double ratio)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ratio);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ratio, 1);
        _ratio = ratio;
    }

    /// <inheritdoc/>
    public override string Name => $"{MaskRatios.ConstantPrefix}{_ratio}";

    /// <inheritdoc/>
    public override double Quantile(double probability) => _ratio;

    /// <inheritdoc/>
    public override double CumulativeShare(double ratio) => ratio >= _ratio ? 1 : 0;
}
