using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Workloads;

/// <summary>Users who think, before a server of exponential service times: against closed forms.</summary>
public sealed class ClosedLoopTests
{
    private static readonly TokenGrid Grid = new(16, 16, 8);

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(12)]
    public void Throughput_is_that_of_the_machine_repairman(int users)
    {
        const double Think = 2, Service = 0.5;
        const int Runs = 20, Requests = 4_000;
        double[] rates = [.. Enumerable.Range(0, Runs).Select(seed =>
        {
            var run = OneServer.Serve(Source(Loop(users, Think), Requests, seed), Service, seed);
            return run.Count / run[^1].FinishedAt.TotalSeconds;
        })];
        var mean = rates.Average();
        var error = Math.Sqrt(rates.Sum(rate => (rate - mean) * (rate - mean)) / (Runs - 1) / Runs);

        // The start, with everybody thinking, and the end, when no user returns, shift the rate by less than the users' own requests.
        var edges = (double)users / Requests * mean;
        Assert.That(mean, Is.EqualTo(MachineRepairmanRate(users, Think, Service)).Within((4 * error) + edges));
    }

    [TestCase(ThinkDistribution.Constant)]
    [TestCase(ThinkDistribution.Exponential)]
    [TestCase(ThinkDistribution.LogNormal)]
    public void The_response_time_law_holds_in_every_run(ThinkDistribution distribution)
    {
        const int Users = 8;
        var loop = Loop(Users, 2) with { ThinkDistribution = distribution, ThinkVariation = 2 };
        var run = OneServer.Serve(Source(loop, 5_000, 1), 0.5, 1);
        var end = run[^1].FinishedAt.TotalSeconds;
        var (rate, response) = (run.Count / end, run.Average(static record => (record.FinishedAt - record.ArrivedAt).TotalSeconds));
        var think = OneServer.ThinkTimes(run, Users).Average();

        // R = N / X - Z, but for what every user leaves unfinished at the end: at most the longest cycle each.
        var longest = OneServer.LongestCycle(run, Users, end);
        Assert.That(response, Is.EqualTo((Users / rate) - think).Within(Users * longest / run.Count));
    }

    [TestCase(ThinkDistribution.Constant, 0)]
    [TestCase(ThinkDistribution.Exponential, 1)]
    [TestCase(ThinkDistribution.LogNormal, 0.5)]
    public void Think_times_have_the_mean_and_variation_asked_for(ThinkDistribution distribution, double variation)
    {
        const int Requests = 20_000;
        var loop = Loop(10, 3) with { ThinkDistribution = distribution, ThinkVariation = 0.5 };
        var times = OneServer.ThinkTimes(OneServer.Serve(Source(loop, Requests, 2), 0.01, 2), 10);
        var mean = times.Average();
        var deviation = Math.Sqrt(times.Average(time => (time - mean) * (time - mean)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(mean, Is.EqualTo(3).Within((5 * 3 * variation / Math.Sqrt(Requests)) + 1e-7));
            Assert.That(deviation / mean, Is.EqualTo(variation).Within((0.05 * variation) + 1e-7));
        }
    }

    [Test]
    public void A_session_keeps_its_template_and_the_next_one_draws_another()
    {
        var loop = Loop(1, 1) with { EditsPerSession = 5 };
        var run = OneServer.Serve(Source(loop, 1_000, 3, templates: 1_000_000), 0.1, 3);
        var sessions = run.Select(static record => record.Request.Template.Value).Chunk(5).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(sessions.Select(static session => session.Distinct().Count()), Is.All.EqualTo(1));
            Assert.That(sessions.Select(static session => session[0]).Distinct().Count(), Is.GreaterThan(190), "templates hardly ever meet again by chance");
        }
    }

    [Test]
    public void Users_return_to_a_template_as_often_as_asked_for()
    {
        const double Share = 0.7;
        var loop = Loop(1, 1) with { EditsPerSession = int.MaxValue, SameTemplate = Share };
        int[] templates = [.. OneServer.Serve(Source(loop, 10_000, 3, templates: 1_000_000), 0.1, 3).Select(static record => record.Request.Template.Value)];
        var returns = templates.Zip(templates.Skip(1)).Count(static pair => pair.First == pair.Second) / 9_999.0;
        Assert.That(returns, Is.EqualTo(Share).Within(5 * Math.Sqrt(Share * (1 - Share) / 9_999)));
    }

    [Test]
    public void Users_leave_after_their_sessions()
    {
        var run = OneServer.Serve(Source(Loop(4, 1) with { EditsPerSession = 3, SessionsPerUser = 2 }, 1_000, 3), 0.1, 3);
        Assert.That(run, Has.Count.EqualTo(4 * 3 * 2));
    }

    [Test]
    public void A_run_ends_with_the_requests_asked_for_each_numbered_once([Values(1, 3, 50)] int requests)
    {
        var run = OneServer.Serve(Source(Loop(4, 1), requests, 3), 0.1, 3);
        Assert.That(run.Select(static record => record.Request.Id.Value).Order(), Is.EqualTo(Enumerable.Range(0, requests)));
    }

    [Test]
    public void What_a_user_sends_does_not_depend_on_the_server()
    {
        var loop = Loop(5, 1) with { EditsPerSession = 4, SameTemplate = 0.5 };
        var (fast, slow) = (ByUser(0.01), ByUser(5));
        for (var user = 0; user < 5; user++)
        {
            var common = Math.Min(fast[user].Length, slow[user].Length);
            Assert.That(common, Is.GreaterThan(50));
            Assert.That(fast[user][..common], Is.EqualTo(slow[user][..common]));
        }

        // Tenants tell the users apart: tenant k is drawn by its user and kept.
        string[][] ByUser(double service) => [.. OneServer.ByUser(OneServer.Serve(Source(loop, 500, 4), service, 9), 5)
            .Select(static edits => edits.Select(static record => $"{record.Request.Template} {record.Request.Mask.MaskedTokens} {record.Request.Seed} {record.Request.Tenant}").ToArray())];
    }

    [Test]
    public void Adapters_of_a_user_do_not_depend_on_the_server()
    {
        var options = Options(Loop(5, 1), 500, 3) with { Adapters = "service-a" };
        var (fast, slow) = (ByUser(0.01), ByUser(5));
        for (var user = 0; user < 5; user++)
        {
            var common = Math.Min(fast[user].Length, slow[user].Length);
            Assert.That(fast[user][..common], Is.EqualTo(slow[user][..common]));
            Assert.That(fast[user].Distinct().Count(), Is.GreaterThan(5));
        }

        AdapterSet[][] ByUser(double service) => [.. OneServer.ByUser(OneServer.Serve(new WorkloadBuilder(options, Grid).Stream(4), service, 9), 5)
            .Select(static edits => edits.Select(static record => record.Request.Adapters).ToArray())];
    }

    [Test]
    public void Requests_that_were_cut_off_are_not_followed()
    {
        var source = Source(Loop(2, 1), 10, 1);
        source.TryNext(out var request);
        var ended = OneServer.Record(request, Instant.FromSeconds(1)) with { Outcome = RequestOutcome.QueuedAtEnd };
        Assert.That(source.TryFollow(ended, out _), Is.False);
    }

    [Test]
    public void Its_requests_cannot_be_listed() =>
        Assert.That(() => new WorkloadBuilder(Options(Loop(2, 1), 10, 1), Grid).Build(1), Throws.InvalidOperationException.With.Message.Contains("Stream"));

    [Test]
    public void Faults_are_told_all_at_once() =>
        Assert.That(
            () => Source(new ClosedLoopOptions { Users = 0, ThinkSeconds = -1, ThinkVariation = 0, EditsPerSession = 0, SameTemplate = 2, SessionsPerUser = 0 }, 10, 1),
            Throws.ArgumentException.With.Message.Contains("Users").And.Message.Contains("ThinkSeconds").And.Message.Contains("ThinkVariation")
                .And.Message.Contains("EditsPerSession").And.Message.Contains("SameTemplate").And.Message.Contains("SessionsPerUser"));

    private static ClosedLoopOptions Loop(int users, double think) => new() { Users = users, ThinkSeconds = think };

    private static IRequestSource Source(ClosedLoopOptions loop, int requests, long seed, int templates = 20) =>
        new WorkloadBuilder(Options(loop, requests, templates), Grid).Stream(seed);

    private static WorkloadOptions Options(ClosedLoopOptions loop, int requests, int templates) => new()
    {
        Requests = requests,
        RequestsPerSecond = 1,
        Templates = templates,
        MaskShapes = false,
        ClosedLoop = loop,
    };

    // M/M/1//N: p(n) ~ N! / (N - n)! * (service / think)^n; the server works but for p(0).
    private static double MachineRepairmanRate(int users, double think, double service)
    {
        var (term, sum) = (1.0, 1.0);
        for (var waiting = 1; waiting <= users; waiting++)
        {
            term *= (users - waiting + 1) * service / think;
            sum += term;
        }

        return (1 - (1 / sum)) / service;
    }
}
