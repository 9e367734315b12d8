using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>How large a part of the image a request edits.</summary>
/// <remarks>
/// Sampled by its quantile function from one uniform number per request: under one seed two distributions order the requests alike
/// (common random numbers), and no sample costs more numbers than another.
/// </remarks>
public abstract class MaskRatioDistribution
{
    /// <summary>Name in scenario files and reports, e.g. <c>production</c> or <c>constant:0.2</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The mask ratio that a share of requests does not exceed.</summary>
    /// <param name="probability">That share, from 0 to 1.</param>
    /// <returns>Masked tokens over all tokens, from 0 to 1; never decreasing in <paramref name="probability"/>.</returns>
    public abstract double Quantile(double probability);

    /// <summary>The share of requests whose mask ratio does not exceed a value.</summary>
    /// <param name="ratio">Any number.</param>
    /// <returns>From 0 to 1.</returns>
    public abstract double CumulativeShare(double ratio);

    /// <summary>Draws one mask ratio, from 0 to 1.</summary>
    /// <param name="random">The stream to draw from: one number.</param>
    public double Sample(RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return Quantile(random.NextDouble());
    }
}
