using SimServe.Policies;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Workloads;

public sealed class MaskRatiosTests
{
    private static readonly string[] Names = ["production", "adetailer", "inpaint", "constant:0.2", "uniform:0.1..0.4"];

    [TestCaseSource(nameof(Names))]
    public void Parse_gives_the_distribution_of_the_name(string name) =>
        Assert.That(MaskRatios.Parse(name).Name, Is.EqualTo(name));

    [TestCaseSource(nameof(Names))]
    public void Quantiles_rise_within_0_and_1_and_undo_the_cumulative_share(string name)
    {
        var ratios = MaskRatios.Parse(name);
        var last = 0.0;
        for (var i = 0; i <= 100; i++)
        {
            var ratio = ratios.Quantile(i / 100.0);
            Assert.That(ratio, Is.InRange(last, 1));
            if (!name.StartsWith("constant", StringComparison.Ordinal))
            {
                Assert.That(ratios.CumulativeShare(ratio), Is.EqualTo(i / 100.0).Within(1e-9));
            }

            last = ratio;
        }
    }

    [TestCase("production", 0.112, 0.003)]
    [TestCase("adetailer", 0.029, 0.002)]
    [TestCase("inpaint", 0.354, 0.03)]
    [TestCase("constant:0.2", 0.2, 1e-12)]
    [TestCase("uniform:0.1..0.4", 0.25, 0.005)]
    public void Sample_has_the_mean_of_the_data(string name, double mean, double tolerance)
    {
        var random = new RandomStream(7, "masks");
        var ratios = MaskRatios.Parse(name);
        Assert.That(Enumerable.Range(0, 20_000).Average(_ => ratios.Sample(random)), Is.EqualTo(mean).Within(tolerance));
    }

    [TestCase("prodction")]
    [TestCase("")]
    [TestCase("constant:0")]
    [TestCase("constant:1.1")]
    [TestCase("constant:many")]
    [TestCase("uniform:0.5")]
    [TestCase("uniform:0.5..0.1")]
    [TestCase("uniform:0..2")]
    public void Parse_of_anything_else_lists_the_known_names(string name) =>
        Assert.That(
            () => MaskRatios.Parse(name),
            Throws.ArgumentException.With.Message.Contains("production, adetailer, inpaint, constant:x, uniform:a..b"));
}
