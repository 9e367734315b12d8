using SimServe.Policies;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Workloads;

public sealed class ZipfPopularityTests
{
    [Test]
    public void Sample_follows_the_law([Values(0, 0.8, 1.2)] double exponent)
    {
        const int Draws = 100_000;
        var zipf = new ZipfPopularity(10, exponent);
        var random = new RandomStream(5, "templates");
        var counts = new int[10];
        for (var i = 0; i < Draws; i++)
        {
            counts[zipf.Sample(random)]++;
        }

        for (var rank = 0; rank < 10; rank++)
        {
            var expected = zipf.Probability(rank);
            Assert.That((double)counts[rank] / Draws, Is.EqualTo(expected).Within(5 * Math.Sqrt(expected / Draws)));
            Assert.That(expected / zipf.Probability(0), Is.EqualTo(Math.Pow(rank + 1, -exponent)).Within(1e-12));
        }
    }

    [TestCase(0, 1)]
    [TestCase(1, -0.1)]
    [TestCase(1, double.NaN)]
    public void Impossible_parameters_throw(int items, double exponent) =>
        Assert.That(() => new ZipfPopularity(items, exponent), Throws.InstanceOf<ArgumentOutOfRangeException>());
}
