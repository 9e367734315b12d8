using MathNet.Numerics.Distributions;
using SimServe.Policies;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Workloads;

/// <summary>Arrivals whose rate is known at every time: windows hold independent Poisson numbers of them.</summary>
public sealed class VaryingRateTests
{
    private static readonly PatternPiece[] Pieces = [new(10, 0.5), new(5, 0), new(20, 2), new(5, 1)];

    [Test]
    public void Windows_of_piecewise_arrivals_hold_what_their_rate_says()
    {
        // Windows of 5 s over 400 repetitions of 40 s, added up by their place in the repetition.
        const int Repetitions = 400;
        var times = ArrivalSample.TimesUntil(new PiecewisePattern(Pieces).Create(3), 40 * Repetitions);
        double[] multipliers = [0.5, 0.5, 0, 2, 2, 2, 2, 1];
        Check(
            ArrivalSample.Counts([.. times.Select(static time => time % 40)], 5, 8),
            [.. multipliers.Select(static multiplier => multiplier * 3 * 5 * Repetitions)]);
    }

    [TestCase(0)]
    [TestCase(0.6)]
    [TestCase(1)]
    public void Windows_of_diurnal_arrivals_hold_the_area_under_the_sine(double amplitude)
    {
        const int Windows = 24;
        const int Days = 200;
        const double Day = 86.4;
        var times = ArrivalSample.TimesUntil(new DiurnalPattern(amplitude, Day).Create(5), Day * Days);
        Check(ArrivalSample.Counts([.. times.Select(static time => time % Day)], Day / Windows, Windows), [.. Enumerable.Range(0, Windows).Select(Area)]);

        double Area(int window) => 5 * Day * Days * (
            (1.0 / Windows) + (amplitude / (2 * Math.PI) * (Math.Cos(2 * Math.PI * window / Windows) - Math.Cos(2 * Math.PI * (window + 1) / Windows))));
    }

    [Test]
    public void Spikes_multiply_the_rate_in_their_windows_only()
    {
        PatternSpike[] spikes = [new(100, 50, 8), new(150, 50, 0), new(300, 100, 3)];
        var times = ArrivalSample.TimesUntil(new SpikesPattern(spikes).Create(20), 600);
        double[] multipliers = [1, 1, 8, 0, 1, 1, 3, 3, 1, 1, 1, 1];
        Check(ArrivalSample.Counts(times, 50, 12), [.. multipliers.Select(static multiplier => multiplier * 20 * 50)]);
    }

    [Test]
    public void Neighbouring_windows_do_not_know_of_each_other()
    {
        // The number in a window of a Poisson process has variance over mean 1; four standard errors of sqrt(2 / windows).
        const int Windows = 20_000;
        var counts = ArrivalSample.Counts(ArrivalSample.TimesUntil(new DiurnalPattern(0.9, 2).Create(5), 2.0 * Windows), 2, Windows);
        Assert.That(Dispersion(counts), Is.EqualTo(1).Within(4 * Math.Sqrt(2.0 / Windows)));
    }

    [Test]
    public void A_rate_that_does_not_vary_gives_the_arrivals_of_the_Poisson_process()
    {
        var expected = ArrivalSample.Times(new PoissonArrivals(4), 5000);
        using (Assert.EnterMultipleScope())
        {
            // The arithmetic differs in the last bits, so a gap may round the other way: at most a tick of 100 ns per request.
            Assert.That(ArrivalSample.Times(new PiecewisePattern([new(7, 1), new(3, 1)]).Create(4), 5000), Is.EqualTo(expected).Within(5000 * 1e-7));
            Assert.That(ArrivalSample.Times(new DiurnalPattern(0, 60).Create(4), 5000), Is.EqualTo(expected).Within(5000 * 1e-7));
            Assert.That(ArrivalSample.Times(new SpikesPattern([]).Create(4), 5000), Is.EqualTo(expected).Within(5000 * 1e-7));
        }
    }

    [Test]
    public void Gaps_of_many_repetitions_are_leapt_over()
    {
        // A request in a million repetitions: the mean of 20,000 gaps within four standard errors.
        var times = ArrivalSample.Times(PiecewiseArrivals.Repeating([new(TimeSpan.FromSeconds(1), 0), new(TimeSpan.FromSeconds(1), 1e-6)]), 20_000);
        Assert.That(times[^1] / 20_000, Is.EqualTo(2e6).Within(4 * 2e6 / Math.Sqrt(20_000)));
    }

    [Test]
    public void The_sine_is_inverted_to_the_tick_wherever_the_run_is([Values(1.0, 7.3, 86_400)] double period, [Values(0.3, 1.0)] double amplitude)
    {
        // The areas under the rate between arrivals, in the same order, are the exponential numbers that were drawn.
        var random = new RandomStream(5, PoissonArrivals.Stream);
        var drawn = Enumerable.Range(0, 2000).Select(_ => Exponential.Sample(random, 1)).ToArray();
        var times = ArrivalSample.Times(new DiurnalPattern(amplitude, period).Create(2), 2000, seed: 5);
        var areas = times.Zip(times.Prepend(0), (next, last) => Area(next) - Area(last)).ToArray();

        // Rounding to a tick shifts an area by at most half a tick at twice the highest rate; the rest is the subtraction's own rounding.
        Assert.That(areas.Zip(drawn, static (area, exponential) => Math.Abs(area - exponential)).Max(), Is.LessThan((0.5e-7 * 4) + 1e-9));

        double Area(double time) => 2 * (time + (amplitude * period / (2 * Math.PI) * (1 - Math.Cos(2 * Math.PI * time / period))));
    }

    [Test]
    public void Impossible_rates_throw()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => PiecewiseArrivals.Repeating([]), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => PiecewiseArrivals.Repeating([new(TimeSpan.FromSeconds(1), 0)]), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => PiecewiseArrivals.Ending([new(TimeSpan.Zero, 1)], 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => PiecewiseArrivals.Ending([], 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new DiurnalArrivals(1, 1.1, TimeSpan.FromHours(24)), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new DiurnalArrivals(1, 0.5, TimeSpan.Zero), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new SpikesPattern([new(5, 5, 2), new(9, 1, 2)]).Create(1), Throws.ArgumentException.With.Message.Contains("9 s"));
        }
    }

    // Chi-square at 0.01 %: independent Poisson numbers of known means. A window of rate 0 must be empty.
    private static void Check(double[] found, double[] expected)
    {
        var statistic = found.Zip(expected, static (count, mean) => mean > 0 ? (count - mean) * (count - mean) / mean : count > 0 ? double.PositiveInfinity : 0).Sum();
        var critical = ChiSquared.InvCDF(expected.Count(static mean => mean > 0), 0.9999);
        TestContext.Out.WriteLine($"chi-square {statistic:0.0}, critical {critical:0.0}");
        Assert.That(statistic, Is.LessThan(critical));
    }

    internal static double Dispersion(double[] counts)
    {
        var mean = counts.Average();
        return counts.Sum(count => (count - mean) * (count - mean)) / (counts.Length - 1) / mean;
    }
}
