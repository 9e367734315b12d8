using SimServe.Policies;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Workloads;

public sealed class PoissonArrivalsTests
{
    private const int Requests = 40_000;

    [Test]
    public void Gaps_have_the_mean_and_the_deviation_of_the_exponential_distribution()
    {
        var gaps = Gaps(rate: 4);
        var mean = gaps.Average();
        var deviation = Math.Sqrt(gaps.Average(gap => (gap - mean) * (gap - mean)));

        // Four standard errors: sd / sqrt(n) for the mean, sd * sqrt(2 / n) for the deviation of an exponential.
        using (Assert.EnterMultipleScope())
        {
            Assert.That(mean, Is.EqualTo(0.25).Within(4 * 0.25 / Math.Sqrt(Requests)));
            Assert.That(deviation, Is.EqualTo(0.25).Within(4 * 0.25 * Math.Sqrt(2.0 / Requests)));
        }
    }

    [Test]
    public void Another_rate_stretches_the_same_arrivals() =>
        Assert.That(Gaps(rate: 2)[123], Is.EqualTo(2 * Gaps(rate: 4)[123]).Within(3e-7));

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void Impossible_rates_throw(double rate) =>
        Assert.That(() => new PoissonArrivals(rate), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("requests per second"));

    private static double[] Gaps(double rate)
    {
        var (process, random) = (new PoissonArrivals(rate), new RandomStream(3, PoissonArrivals.Stream));
        var gaps = new double[Requests];
        var last = Instant.Start;
        for (var i = 0; i < Requests; i++)
        {
            var next = process.Next(last, random);
            gaps[i] = (next - last).TotalSeconds;
            last = next;
        }

        return gaps;
    }
}
