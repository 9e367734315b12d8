using SimServe.Simulator.Statistics;

namespace SimServe.Simulator.Tests.Statistics;

public sealed class KolmogorovSmirnovTests
{
    [Test]
    public void The_distance_of_few_values_is_that_by_hand() =>
        Assert.That(KolmogorovSmirnov.Distance([0.1, 0.2, 0.9], static value => value), Is.EqualTo((2.0 / 3) - 0.2).Within(1e-15));

    [Test]
    public void One_value_at_the_median_is_half_away() =>
        Assert.That(KolmogorovSmirnov.Distance([0.5], static value => value), Is.EqualTo(0.5));

    [Test]
    public void Rounding_alone_is_no_distance()
    {
        double[] exact = [.. Enumerable.Range(0, 1000).Select(static number => (number + 0.5) / 1000)];
        double[] rounded = [.. exact.Select(static value => Math.Round(value, 1))];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(KolmogorovSmirnov.Distance(rounded, static value => value), Is.EqualTo(0.05).Within(0.001));
            Assert.That(KolmogorovSmirnov.DistanceOfRounded(rounded, 0.1, static value => Math.Min(1, value)), Is.LessThan(0.0011));
            Assert.That(KolmogorovSmirnov.DistanceOfRounded(rounded, 0.1, static value => Math.Min(1, value * value)), Is.EqualTo(0.25).Within(0.01));
        }
    }

    [Test]
    public void No_data_are_refused() => Assert.That(() => KolmogorovSmirnov.Distance([], static value => value), Throws.ArgumentException);
}
