using MathNet.Numerics.Distributions;

namespace SimServe.Simulator.Workloads;

/// <summary>A lognormal distribution truncated to (0, 1].</summary>
public sealed class LogNormalMaskRatios : MaskRatioDistribution
{
    private readonly LogNormal _untruncated;
    private readonly double _shareBelowOne;

    /// <summary>Creates the distribution.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="mu">Mean of the logarithm before truncation.</param>
    /// <param name="sigma">Standard deviation of the logarithm before truncation, greater than 0.</param>
    public LogNormalMaskRatios(string name, double mu, double sigma)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sigma);
        Name = name;
        _untruncated = new LogNormal(mu, sigma);
        _shareBelowOne = _untruncated.CumulativeDistribution(1);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>Mean of the logarithm before truncation.</summary>
    public double Mu => _untruncated.Mu;

    /// <summary>Standard deviation of the logarithm before truncation.</summary>
    public double Sigma => _untruncated.Sigma;

    /// <inheritdoc/>
    public override double Quantile(double probability) =>
        Math.Min(1, _untruncated.InverseCumulativeDistribution(probability * _shareBelowOne));

    /// <inheritdoc/>
    public override double CumulativeShare(double ratio) => ratio switch
    {
        <= 0 => 0,
        >= 1 => 1,
        _ => _untruncated.CumulativeDistribution(ratio) / _shareBelowOne,
    };
}
