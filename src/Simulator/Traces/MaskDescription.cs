using System.Globalization;
using MathNet.Numerics.Statistics;
using SimServe.Simulator.Statistics;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Traces;

/// <summary>How large a part of their images the requests of a trace edit.</summary>
/// <param name="Mean">Mean mask ratio, from 0 to 1.</param>
/// <param name="Quantiles">Mask ratios by the share of requests that do not exceed them: 0.05, 0.25, 0.5, 0.75, 0.95, 0.99.</param>
/// <param name="Fits">The distributions that scenarios know, and the lognormal of greatest likelihood, the nearest first.</param>
public sealed record MaskDescription(double Mean, IReadOnlyList<MaskQuantile> Quantiles, IReadOnlyList<DistributionFit> Fits)
{
    private static readonly double[] Shares = [0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

    internal static MaskDescription Of(IEnumerable<double> ratios)
    {
        double[] sorted = [.. ratios.Order()];
        return new MaskDescription(
            sorted.Average(),
            [.. Shares.Select(share => new MaskQuantile(share, SortedArrayStatistics.Quantile(sorted, share)))],
            sorted[0] == sorted[^1]
                ? [new DistributionFit(string.Create(CultureInfo.InvariantCulture, $"{MaskRatios.ConstantPrefix}{sorted[0]}"), 0)]
                : [.. Candidates(sorted).Select(candidate => new DistributionFit(candidate.Name, KolmogorovSmirnov.Distance(sorted, candidate.CumulativeShare))).OrderBy(static fit => fit.Distance)]);
    }

    private static IEnumerable<MaskRatioDistribution> Candidates(double[] sorted)
    {
        double[] logarithms = [.. sorted.Where(static ratio => ratio > 0).Select(static value => Math.Log(value))];
        MaskRatioDistribution[] known = [MaskRatios.Production, MaskRatios.ADetailer, MaskRatios.Inpaint];
        var (mu, sigma) = (logarithms.Mean(), logarithms.PopulationStandardDeviation());
        return sigma > 0
            ? [.. known, new LogNormalMaskRatios(string.Create(CultureInfo.InvariantCulture, $"lognormal, mu {mu:0.###}, sigma {sigma:0.###}"), mu, sigma)]
            : known;
    }
}
