using CsCheck;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Metrics.Sketches;

namespace SimServe.Simulator.Tests.Metrics;

public sealed class TickSketchTests
{
    private static readonly double[] Shares = [0, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1];

    // Log-uniform from a tick to a year: every octave occurs.
    private static readonly Gen<long> Ticks = Gen.Double[0, 48].Select(static power => (long)Math.Pow(2, power));

    [Test]
    public void Percentiles_stay_within_the_stated_error_once_samples_are_no_longer_kept() =>
        Ticks.Array[TickSketch.ExactSamples + 1, TickSketch.ExactSamples + 500].Sample(
            samples =>
            {
                var sketch = Sketch(samples);
                double[] sorted = [.. samples.Order().Select(static ticks => (double)ticks / TimeSpan.TicksPerSecond)];
                return !sketch.IsExact && Shares.All(share =>
                {
                    var exact = MathNet.Numerics.Statistics.SortedArrayStatistics.QuantileCustom(sorted, share, MathNet.Numerics.Statistics.QuantileDefinition.R7);
                    return Math.Abs(sketch.Quantile(share) - exact) <= (TickSketch.RelativeError + 1e-9) * exact;
                });
            },
            iter: 20);

    [Test]
    public void Percentiles_are_exact_while_samples_are_kept() =>
        Ticks.Array[1, 500].Sample(
            samples =>
            {
                var (summary, exact) = (Sketch(samples).Summarise(), Distribution.Of([.. samples.Select(static ticks => (double)ticks / TimeSpan.TicksPerSecond)]));
                return summary.RelativeError == 0
                    && IsClose(summary.P50, exact.P50) && IsClose(summary.P95, exact.P95) && IsClose(summary.P99, exact.P99)
                    && IsClose(summary.Min, exact.Min) && IsClose(summary.Max, exact.Max)
                    && IsClose(summary.Mean, exact.Mean) && IsClose(summary.Std, exact.StandardDeviation);
            },
            iter: 200);

    [Test]
    public void Merging_gives_the_sketch_of_all_samples() =>
        Gen.Select(Ticks.Array[0, 3000], Ticks.Array[0, 3000]).Sample(
            static (first, second) =>
            {
                var merged = Sketch(first);
                merged.Merge(Sketch(second));
                var whole = Sketch([.. second, .. first]);
                return merged.Summarise() == whole.Summarise() && merged.Sum == whole.Sum && merged.IsExact == whole.IsExact;
            },
            iter: 50);

    [Test]
    public void Moments_do_not_lose_digits_however_large_the_mean()
    {
        // A year of ticks plus or minus one: doubles could not hold the squares.
        var year = TimeSpan.FromDays(365).Ticks;
        var sketch = Sketch([.. Enumerable.Range(0, 10_000).Select(i => year + (i % 2 == 0 ? 1 : -1))]);

        Assert.That(sketch.Summarise().Std * TimeSpan.TicksPerSecond, Is.EqualTo(Math.Sqrt(10_000.0 / 9_999)).Within(1e-9));
    }

    [Test]
    public void An_empty_sketch_is_all_zeros() => Assert.That(new TickSketch().Summarise(), Is.EqualTo(new LatencySummary()));

    [Test]
    public void Negative_lengths_are_rejected() =>
        Assert.That(static () => new TickSketch().Add(TimeSpan.FromTicks(-1)), Throws.InstanceOf<ArgumentOutOfRangeException>());

    private static bool IsClose(double value, double exact) => Math.Abs(value - exact) <= 1e-9 * Math.Max(1, Math.Abs(exact));

    private static TickSketch Sketch(long[] samples)
    {
        var sketch = new TickSketch();
        foreach (var ticks in samples)
        {
            sketch.Add(new TimeSpan(ticks));
        }

        return sketch;
    }
}
