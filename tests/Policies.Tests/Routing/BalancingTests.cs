using SimServe.Policies.Routing;
using static SimServe.Policies.Tests.Routing.RoutingFixture;

namespace SimServe.Policies.Tests.Routing;

/// <summary>Policies that choose at random.</summary>
public sealed class BalancingTests
{
    [Test]
    public void Two_choices_keep_the_fullest_worker_far_below_one_choice()
    {
        // As many requests as workers, 2^16, and nobody leaves. One choice: the load of a worker is about Poisson(1), which is 6 or more with probability
        // 5.9e-4; 39 workers are expected to have that many, and none has with probability below e^-39. Two choices: the share of workers with at least i
        // requests, s_i, grows by s_(i-1)^2 - s_i^2 for each request per worker (Mitzenmacher 2001), so s_1 = tanh 1, s_2 < 1 - tanh 1 = 0.24 and
        // s_i < s_(i-1)^2: s_6 < 1.1e-10, and any worker has 6 with probability below 1e-5.
        const int Workers = 1 << 16;
        Assert.That(Fullest(new RandomRouting(new RandomStream(1, "one")), Workers), Is.GreaterThanOrEqualTo(6));
        Assert.That(Fullest(new PowerOfTwoChoices(new RandomStream(1, "two")), Workers), Is.LessThanOrEqualTo(5));
    }

    [Test]
    public void Random_takes_every_worker_equally_often()
    {
        const int Workers = 5;
        const int Draws = 20_000;
        var (policy, fleet, counts) = (new RandomRouting(new RandomStream(2, "draws")), Idle(Workers), new int[Workers]);
        for (var i = 0; i < Draws; i++)
        {
            counts[policy.Choose(Request(1), fleet, default)]++;
        }

        // A count is binomial; five standard errors.
        var error = Math.Sqrt(Draws * (1.0 / Workers) * (1 - (1.0 / Workers)));
        Assert.That(counts, Is.All.EqualTo(Draws / Workers).Within(5 * error));
    }

    [Test]
    public void Two_choices_look_at_every_pair_of_different_workers_equally_often()
    {
        // Workers with 0 to 4 requests: the emptier of a random pair is worker i in (4 - i) of the 10 pairs, and worker 4 never.
        const int Draws = 20_000;
        var (policy, counts) = (new PowerOfTwoChoices(new RandomStream(3, "draws")), new int[5]);
        var fleet = new FleetView([.. Enumerable.Range(0, 5).Select(worker => View(worker, 0, [.. Enumerable.Repeat((1, 1), worker)]))]);
        for (var i = 0; i < Draws; i++)
        {
            counts[policy.Choose(Request(1), fleet, default)]++;
        }

        for (var i = 0; i < 5; i++)
        {
            var share = (4 - i) / 10.0;
            Assert.That(counts[i], Is.EqualTo(Draws * share).Within(5 * Math.Sqrt(Draws * share * (1 - share))), $"worker {i}");
        }
    }

    [Test]
    public void Different_seeds_draw_differently()
    {
        int[] Draw(long seed)
        {
            var policy = PolicyCatalogue.CreateRouting(new PolicyOptions { Routing = RandomRouting.Name, Seed = seed }, []);
            return [.. Enumerable.Range(0, 50).Select(_ => policy.Choose(Request(1), Idle(10), default))];
        }

        Assert.That(Draw(1), Is.Not.EqualTo(Draw(2)));
    }

    private static FleetView Idle(int workers) => new([.. Enumerable.Range(0, workers).Select(static worker => View(worker, 0))]);

    private static int Fullest(IRoutingPolicy policy, int workers)
    {
        LiveWorker[] live = [.. Enumerable.Range(0, workers).Select(static id => new LiveWorker(id))];
        var (fleet, request) = (new FleetView([.. live]), Request(1));
        for (var i = 0; i < workers; i++)
        {
            live[policy.Choose(request, fleet, default)].Receive(default);
        }

        return live.Max(static worker => worker.Waiting);
    }
}
