using System.Globalization;

namespace SimServe.Simulator.Workloads;

/// <summary>The named distributions of mask ratios.</summary>
/// <remarks>
/// The named ones are fits to data that the FlashPS authors published (FlashPS, EuroSys '26, figure 3); "KS" is the Kolmogorov-Smirnov
/// distance between fit and data. A test recomputes every number given here where the data are at hand.
/// </remarks>
public static class MaskRatios
{
    internal const string ConstantPrefix = "constant:";
    internal const string UniformPrefix = "uniform:";
    internal const string RangeMark = "..";

    /// <summary>Mask ratios of 970 production templates (face swap and try-on; mean 0.112).</summary>
    /// <remarks>
    /// <para>
    /// Lognormal with mu = -2.345, sigma = 0.572, truncated to (0, 1]: the maximum-likelihood lognormal to three digits, KS 0.024, inside the
    /// 5 % critical value of 0.044. Rejected by comparison: Beta(2.5, 19.8) KS 0.063; maximum-likelihood Beta(2.92, 22.99) KS 0.057.
    /// </para>
    /// <para>
    /// Simplified: there are as many values as templates, so they are probably one per template, not one per request. Here every request
    /// draws its own.
    /// </para>
    /// </remarks>
    public static readonly MaskRatioDistribution Production = new LogNormalMaskRatios("production", -2.345, 0.572);

    /// <summary>Mask ratios of 1,870 automatic face repairs (ADetailer) of the Katz trace (mean 0.029).</summary>
    /// <remarks>
    /// Lognormal with mu = -3.84, sigma = 0.83 (maximum likelihood), truncated to (0, 1]; mean 0.030. KS 0.098, beyond the 5 % critical
    /// value of 0.031: mean and median are right, but a few tiny masks widen the fit (90th percentile 0.062 against 0.053 in the data).
    /// </remarks>
    public static readonly MaskRatioDistribution ADetailer = new LogNormalMaskRatios("adetailer", -3.84, 0.83);

    /// <summary>Mask ratios of 1,918 inpainting requests of the Katz trace (mean 0.354).</summary>
    /// <remarks>Bimodal, around 0.2 and from 0.6 to 0.95, so the deciles are used, with straight lines between them. KS 0.028.</remarks>
    public static readonly MaskRatioDistribution Inpaint = new QuantileMaskRatios(
        "inpaint", [0, 0.060, 0.150, 0.176, 0.195, 0.221, 0.251, 0.343, 0.757, 0.873, 1.0]);

    /// <summary>What <see cref="Parse"/> understands.</summary>
    public static IReadOnlyList<string> KnownNames { get; } =
        [Production.Name, ADetailer.Name, Inpaint.Name, ConstantPrefix + "x", UniformPrefix + "a" + RangeMark + "b"];

    /// <summary>The distribution of a name.</summary>
    /// <param name="name">
    /// <c>production</c>, <c>adetailer</c>, <c>inpaint</c>, <c>constant:x</c> with x in (0, 1], or <c>uniform:a..b</c> with 0 &lt;= a &lt; b &lt;= 1.
    /// </param>
    /// <exception cref="ArgumentException">The name is not known (the message lists those that are), or its numbers are out of range.</exception>
    public static MaskRatioDistribution Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name switch
        {
            "production" => Production,
            "adetailer" => ADetailer,
            "inpaint" => Inpaint,
            _ when name.StartsWith(ConstantPrefix, StringComparison.Ordinal) => ParseConstant(name),
            _ when name.StartsWith(UniformPrefix, StringComparison.Ordinal) => ParseUniform(name),
            _ => throw Unknown(name, $"'{name}' is not a distribution of mask ratios."),
        };
    }

    private static ConstantMaskRatio ParseConstant(string name) =>
        TryNumber(name[ConstantPrefix.Length..], out var ratio) && ratio is > 0 and <= 1
            ? new ConstantMaskRatio(ratio)
            : throw Unknown(name, $"'{name}': the ratio must be a number greater than 0 and at most 1.");

    private static UniformMaskRatios ParseUniform(string name)
    {
        var bounds = name[UniformPrefix.Length..].Split(RangeMark);
        return bounds.Length == 2 && TryNumber(bounds[0], out var low) && TryNumber(bounds[1], out var high) && low >= 0 && low < high && high <= 1
            ? new UniformMaskRatios(low, high)
            : throw Unknown(name, $"'{name}': the bounds must be two numbers from 0 to 1, the lower first.");
    }

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    private static ArgumentException Unknown(string name, string fault) =>
        new($"{fault} Known: {string.Join(", ", KnownNames)}.", nameof(name));
}
