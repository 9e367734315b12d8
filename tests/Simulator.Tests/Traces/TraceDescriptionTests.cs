using SimServe.Policies;
using SimServe.Simulator.Traces;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Traces;

public sealed class TraceDescriptionTests
{
    private static readonly TokenGrid Grid = new(64, 64, 16);

    [Test]
    public void Numbers_of_a_small_trace_are_those_by_hand()
    {
        long[] seconds = [0, 10, 20, 90, 130];
        var trace = TraceDescription.Of(seconds.Select(static (second, number) => TraceSample.Request(number, second * TimeSpan.TicksPerSecond) with
        {
            Template = number % 2,
            MaskRatio = (number + 1) / 10.0,
            Steps = number == 0 ? 50 : 20,
            Tenant = "shop",
            Loras = number < 2 ? ["a", "b"] : [],
        }))!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((trace.Requests, trace.Arrivals.SpanSeconds, trace.Arrivals.MostPerMinute), Is.EqualTo((5, 130.0, 3)));
            Assert.That(trace.Arrivals.RatePerSecond, Is.EqualTo(4 / 130.0));

            // Gaps 10, 10, 70, 40: mean 32.5, variance 618.75. Minutes 3 and 1: mean 2, variance 1.
            Assert.That(trace.Arrivals.GapVariation, Is.EqualTo(Math.Sqrt(618.75) / 32.5).Within(1e-12));
            Assert.That(trace.Arrivals.MinuteDispersion, Is.EqualTo(0.5).Within(1e-12));
            Assert.That(trace.Masks.Mean, Is.EqualTo(0.3).Within(1e-12));
            Assert.That(trace.Masks.Quantiles.Single(static quantile => quantile.Share == 0.5).Ratio, Is.EqualTo(0.3).Within(1e-12));
            Assert.That(trace.Steps, Is.EqualTo(new Dictionary<int, int> { [20] = 4, [50] = 1 }));
            Assert.That(trace.Templates, Is.EqualTo(new NameDescription(2, 1, 0.6)));
            Assert.That(trace.Tenants, Is.EqualTo(new NameDescription(1, 1, 1)));
            Assert.That(trace.ControlNets, Is.EqualTo(new NameDescription(0, 0, 0)));
            Assert.That(trace.Loras, Is.EqualTo(new NameDescription(2, 0.8, 0.5)));
        }
    }

    // A tenth of a token's rounding is far below the KS distances that tell the distributions apart.
    [TestCase("gamma", 3, "production")]
    [TestCase("weibull", 3, "inpaint")]
    [TestCase("gamma", 0.3, "adetailer")]
    public void What_a_workload_was_drawn_from_comes_nearest(string kind, double variation, string masks)
    {
        ArrivalPattern pattern = kind == "gamma" ? new GammaPattern(variation) : new WeibullPattern(variation);
        var options = new WorkloadOptions { Requests = 20_000, RequestsPerSecond = 2, Arrivals = pattern, MaskRatios = masks, MaskShapes = false };
        var trace = TraceDescription.Of(TraceExport.Of(new WorkloadBuilder(options, Grid).Stream(1)))!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(trace.Arrivals.Fits[0].Distribution, Does.Contain($"\"{kind}\""));
            Assert.That(trace.Arrivals.GapVariation, Is.EqualTo(variation).Within(10).Percent);
            Assert.That(trace.Arrivals.Fits[0].Distance, Is.LessThan(0.03));
            Assert.That(trace.Masks.Fits.First(fit => !fit.Distribution.StartsWith("lognormal", StringComparison.Ordinal)).Distribution, Is.EqualTo(masks));
        }
    }

    [Test]
    public void Equal_masks_are_a_constant_and_one_arrival_has_no_rate()
    {
        var trace = TraceDescription.Of([TraceSample.Request(0, 5) with { MaskRatio = 0.25 }])!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(trace.Masks.Fits, Is.EqualTo(new[] { new DistributionFit("constant:0.25", 0) }));
            Assert.That((trace.Arrivals.RatePerSecond, trace.Arrivals.Fits.Count), Is.EqualTo((0.0, 0)));
        }
    }

    [Test]
    public void A_trace_without_requests_has_no_description() => Assert.That(TraceDescription.Of([]), Is.Null);
}
