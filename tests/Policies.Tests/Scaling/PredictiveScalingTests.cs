using SimServe.Policies.Scaling;

namespace SimServe.Policies.Tests.Scaling;

public sealed class PredictiveScalingTests
{
    // Six intervals from the decision to a worker that is ready.
    private static readonly ScalingOptions Options = new()
    {
        Interval = TimeSpan.FromSeconds(10),
        Provisioning = TimeSpan.FromSeconds(40),
        ModelLoad = TimeSpan.FromSeconds(20),
        TargetUtilisation = 0.5,
        Stabilisation = TimeSpan.FromSeconds(30),
    };

    [Test]
    public void Under_a_steady_rate_Littles_law_gives_the_size()
    {
        // 40 arrivals in 10 s, and four of eight workers busy: a request takes 1 s of a worker, four are busy on average, half of what is to be there.
        Assert.That(Run(Enumerable.Repeat(40L, 40), _ => 4.0 / 8, ready: 8)[^1], Is.EqualTo(8));
    }

    [Test]
    public void A_ramp_is_seen_one_lead_time_ahead()
    {
        // Arrivals grow by 10 per interval, a request takes 1 s: six intervals later there are 60 more, 6 more a second, and 12 more workers are needed.
        long[] arrivals = [.. Enumerable.Range(1, 30).Select(static i => 10L * i)];
        var wishes = Run(arrivals, i => arrivals[i] / 10.0 / 100, ready: 100, stabilisation: TimeSpan.Zero);
        for (var i = 2; i < arrivals.Length; i++)
        {
            Assert.That(wishes[i], Is.EqualTo(2 * (i + 1 + 6)), $"interval {i}");
        }
    }

    [Test]
    public void Requests_that_are_still_there_have_not_been_served()
    {
        // 20 arrive and all stay, then 20 arrive and 40 leave, again and again: busy 10 s of a worker for 20 requests.
        var (policy, size) = (new PredictiveScaling(Options with { Stabilisation = TimeSpan.Zero }), 0);
        for (var i = 0; i < 40; i++)
        {
            size = policy.Decide(new FleetLoad(10, 0, 0, 0, i % 2 == 0 ? 20 : 0, 20, 0.1, Options.Interval), Instant.FromSeconds(10 * i));
        }

        // Remembered are 10 + 5 + 2.5 + ... = 20 s of work and 40 + 10 + 2.5 + ... = 53.3 who left: 0.375 s each. 2 requests/s of them keep 0.75 of a worker busy, and
        // twice that is to be there.
        Assert.That(size, Is.EqualTo(2));
    }

    [Test]
    public void Before_anybody_has_left_the_fleet_keeps_its_size() =>
        Assert.That(new PredictiveScaling(Options).Decide(new FleetLoad(3, 1, 0, 20, 5, 25, 1, Options.Interval), default), Is.EqualTo(4));

    [Test]
    public void When_nothing_comes_any_more_one_worker_is_left() =>
        Assert.That(Run([.. Enumerable.Repeat(40L, 10), .. Enumerable.Repeat(0L, 60)], static i => i < 10 ? 0.5 : 0, ready: 8)[^1], Is.EqualTo(1));

    [TestCase(0.0)]
    [TestCase(1.1)]
    [TestCase(double.NaN)]
    public void Options_out_of_range_are_refused(double share)
    {
        Assert.That(() => new PredictiveScaling(Options with { TargetUtilisation = share }), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new PredictiveScaling(Options with { LevelSmoothing = share }), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new PredictiveScaling(Options with { TrendSmoothing = share }), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    // Everybody leaves in the interval of arrival.
    private static int[] Run(IEnumerable<long> arrivals, Func<int, double> busyShare, int ready, TimeSpan? stabilisation = null)
    {
        var policy = new PredictiveScaling(Options with { Stabilisation = stabilisation ?? Options.Stabilisation });
        return [.. arrivals.Select((count, i) => policy.Decide(
            new FleetLoad(ready, 0, 0, 0, 0, count, busyShare(i), Options.Interval), Instant.FromSeconds(10 * i)))];
    }
}
