using SimServe.Simulator.Metrics;

namespace SimServe.Simulator.Tests.Metrics;

public sealed class ConfidenceTests
{
    [Test]
    public void Wilson95_gives_the_published_interval()
    {
        // Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I, method 3: 81 of 263.
        var (low, high) = Confidence.Wilson95(81, 263);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(low, Is.EqualTo(0.2553).Within(5e-5));
            Assert.That(high, Is.EqualTo(0.3662).Within(5e-5));
        }
    }

    [Test]
    public void Wilson95_stays_within_0_and_1()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Confidence.Wilson95(0, 0), Is.EqualTo((0.0, 1.0)));
            Assert.That(Confidence.Wilson95(0, 20).Low, Is.Zero.Within(1e-15));
            Assert.That(Confidence.Wilson95(0, 20).High, Is.EqualTo(0.1611).Within(5e-5));
            Assert.That(Confidence.Wilson95(20, 20).High, Is.EqualTo(1).Within(1e-15));
        }
    }
}
