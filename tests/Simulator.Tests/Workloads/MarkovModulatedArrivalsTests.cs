using SimServe.Policies;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Workloads;

public sealed class MarkovModulatedArrivalsTests
{
    // Two states: 2/s for 3 s and 20/s for 1 s on average.
    private const double SlowRate = 2;
    private const double FastRate = 20;
    private const double SlowSeconds = 3;
    private const double FastSeconds = 1;
    private const double FastShare = FastSeconds / (SlowSeconds + FastSeconds);
    private const double MeanRate = (SlowRate * (1 - FastShare)) + (FastRate * FastShare);

    // The indicator of the fast state has variance p (1 - p) and a correlation that falls with exp(-decay t), decay = 1/3 + 1/1.
    private const double Decay = (1 / SlowSeconds) + (1 / FastSeconds);
    private const double RateVariance = FastShare * (1 - FastShare) * (FastRate - SlowRate) * (FastRate - SlowRate);

    [Test]
    public void The_mean_rate_and_the_dispersion_of_counts_are_those_of_the_stationary_mixture()
    {
        const double Window = 10;
        const int Windows = 20_000;
        var counts = ArrivalSample.Counts(ArrivalSample.TimesUntil(TwoStates(), Window * Windows), Window, Windows);

        // Variance of a count: its mean, plus the variance of the area under the rate, in closed form.
        var area = 2 * RateVariance * ((Window / Decay) - ((1 - Math.Exp(-Decay * Window)) / (Decay * Decay)));
        var dispersion = 1 + (area / (MeanRate * Window));

        // The mean of the run has the variance of one long count; the dispersion's tolerance comes from 100 blocks of windows: 4 standard errors.
        var run = Windows * Window;
        var meanError = Math.Sqrt((MeanRate / run) + (2 * RateVariance / (Decay * run)));
        var blocks = counts.Chunk(Windows / 100).Select(VaryingRateTests.Dispersion).ToArray();
        var blockError = Math.Sqrt(blocks.Sum(block => Math.Pow(block - blocks.Average(), 2)) / 99) / 10;
        TestContext.Out.WriteLine(
            $"rate {counts.Average() / Window:0.000} of {MeanRate}, dispersion {VaryingRateTests.Dispersion(counts):0.00} of {dispersion:0.00}, error {blockError:0.00}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(counts.Average() / Window, Is.EqualTo(MeanRate).Within(4 * meanError));
            Assert.That(VaryingRateTests.Dispersion(counts), Is.EqualTo(dispersion).Within(4 * blockError));
            Assert.That(dispersion - (4 * blockError), Is.GreaterThan(1), "burstier than Poisson, beyond doubt");
        }
    }

    [Test]
    public void Three_states_are_visited_by_their_sojourns()
    {
        ModulatingState[] states = [new(0, Seconds(1)), new(10, Seconds(2)), new(40, Seconds(5))];
        const double Expected = ((10 * 2) + (40 * 5)) / 8.0;
        var rates = Enumerable.Range(0, 200)
            .Select(seed => ArrivalSample.TimesUntil(new MarkovModulatedArrivals(states), 200, seed).Length / 200.0)
            .ToArray();
        var error = Math.Sqrt(rates.Sum(rate => Math.Pow(rate - rates.Average(), 2)) / 199 / 200);
        Assert.That(rates.Average(), Is.EqualTo(Expected).Within(4 * error));
    }

    [Test]
    public void A_run_begins_in_the_stationary_state_not_in_the_first()
    {
        // The rate of the first 10 ms over many runs is the mean rate, not that of either state.
        const int Runs = 100_000;
        var early = Enumerable.Range(0, Runs).Sum(static seed => ArrivalSample.TimesUntil(TwoStates(), 0.01, seed).Length);
        var deviation = Math.Sqrt(Runs * ((MeanRate * 0.01) + (RateVariance * 0.01 * 0.01)));
        Assert.That(early, Is.EqualTo(Runs * MeanRate * 0.01).Within(4 * deviation));
    }

    [Test]
    public void States_of_one_rate_are_a_Poisson_process()
    {
        var counts = ArrivalSample.Counts(
            ArrivalSample.TimesUntil(new MarkovModulatedArrivals([new(5, Seconds(1)), new(5, Seconds(4))]), 40_000), 2, 20_000);
        Assert.That(VaryingRateTests.Dispersion(counts), Is.EqualTo(1).Within(4 * Math.Sqrt(2.0 / 20_000)));
    }

    [Test]
    public void Impossible_states_throw()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new MarkovModulatedArrivals([new(1, Seconds(1))]), Throws.ArgumentException.With.Message.Contains("at least 2 states"));
            Assert.That(() => new MarkovModulatedArrivals([new(0, Seconds(1)), new(0, Seconds(2))]), Throws.ArgumentException.With.Message.Contains("rate above 0"));
            Assert.That(() => new MarkovModulatedArrivals([new(1, Seconds(1)), new(double.NaN, Seconds(2))]), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new MarkovModulatedArrivals([new(1, Seconds(1)), new(2, TimeSpan.Zero)]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    private static MarkovModulatedArrivals TwoStates() => new([new(SlowRate, Seconds(SlowSeconds)), new(FastRate, Seconds(FastSeconds))]);

    private static TimeSpan Seconds(double seconds) => Duration.FromSeconds(seconds);
}
