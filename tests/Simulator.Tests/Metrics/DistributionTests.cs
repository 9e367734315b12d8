using SimServe.Simulator.Metrics;

namespace SimServe.Simulator.Tests.Metrics;

public sealed class DistributionTests
{
    [Test]
    public void Of_interpolates_between_order_statistics()
    {
        var summary = Distribution.Of([5, 1, 4, 2, 3]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(summary.Count, Is.EqualTo(5));
            Assert.That(summary.Mean, Is.EqualTo(3).Within(1e-12));
            Assert.That(summary.StandardDeviation, Is.EqualTo(Math.Sqrt(2.5)).Within(1e-12));
            Assert.That((summary.Min, summary.P50, summary.Max), Is.EqualTo((1.0, 3.0, 5.0)));
            Assert.That(summary.P95, Is.EqualTo(4.8).Within(1e-12), "h = 4 * 0.95 = 3.8");
            Assert.That(summary.P99, Is.EqualTo(4.96).Within(1e-12));
            Assert.That(summary.MeanHalfWidth95, Is.EqualTo(2.776445 * Math.Sqrt(2.5 / 5)).Within(1e-5), "t with 4 degrees of freedom");
        }
    }

    [Test]
    public void Of_nothing_is_a_value_without_NaN()
    {
        var summary = Distribution.Of([]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(summary, Is.EqualTo(Distribution.Empty));
            Assert.That(summary.IsEmpty);
            Assert.That(summary.Mean, Is.Zero);
            Assert.That(summary.MeanHalfWidth95, Is.Null);
            Assert.That(summary.ToString(), Is.EqualTo("no samples"));
        }
    }

    [Test]
    public void Of_one_sample_knows_no_half_width()
    {
        var summary = Distribution.Of([2]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((summary.Mean, summary.P50, summary.P99, summary.StandardDeviation), Is.EqualTo((2.0, 2.0, 2.0, 0.0)));
            Assert.That(summary.MeanHalfWidth95, Is.Null);
        }
    }

    [Test]
    public void Of_leaves_the_samples_as_they_are()
    {
        double[] samples = [3, 1, 2];
        Distribution.Of(samples);
        Assert.That(samples, Is.EqualTo(new[] { 3.0, 1.0, 2.0 }));
    }

    [Test]
    public void Of_a_sample_that_is_no_number_names_it() =>
        Assert.That(() => Distribution.Of([1, double.NaN]), Throws.ArgumentException.With.Message.Contains("Sample 1 is NaN"));
}
