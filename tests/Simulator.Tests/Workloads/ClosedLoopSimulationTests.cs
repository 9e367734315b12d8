using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Tests.Devices;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Workloads;

/// <summary>Closed loops through the serving loop and simulated devices.</summary>
public sealed class ClosedLoopSimulationTests
{
    private const double ServiceSeconds = 0.5;
    private const int ServiceSteps = 1000;

    // One server whose service times are steps of the same short time, geometric instead of exponential.
    private static readonly TestCosts Server = new()
    {
        FlopsPerSecond = 1e18,
        BytesPerSecond = 1e18,
        Encode = TimeSpan.Zero,
        Decode = TimeSpan.Zero,
        Overhead = static _ => Duration.FromSeconds(ServiceSeconds / ServiceSteps),
    };

    [Test]
    public void Throughput_is_that_of_the_machine_repairman()
    {
        const int Users = 6, Requests = 4_000, Runs = 10;
        const double Think = 2;
        double[] rates = [.. Enumerable.Range(0, Runs).Select(seed =>
        {
            var simulation = Simulation(1) with { Fleet = SimulatedFleet.Of(TestWorkload.Device, [Server]), Policies = new PolicyOptions { MaxBatchSize = 1, Routing = "round-robin", Pipeline = "full" } };
            var records = new Records();
            simulation.Stream(new GeometricService(Source(Users, Think, Requests, seed), seed), records);
            return Requests / records.All.Max(static record => record.FinishedAt.TotalSeconds);
        })];
        var mean = rates.Average();
        var error = Math.Sqrt(rates.Sum(rate => (rate - mean) * (rate - mean)) / (Runs - 1) / Runs);

        // M/M/1//N: p(n) ~ N! / (N - n)! * (service / think)^n. Steps are whole: half a step more than the exponential time, on average.
        var (term, sum) = (1.0, 1.0);
        for (var waiting = 1; waiting <= Users; waiting++)
        {
            term *= (Users - waiting + 1) * ServiceSeconds / Think;
            sum += term;
        }

        var expected = (1 - (1 / sum)) / ServiceSeconds;
        var bias = expected * ((1.0 / ServiceSteps) + ((double)Users / Requests));
        Assert.That(mean, Is.EqualTo(expected).Within((4 * error) + bias));
    }

    [Test]
    public void Users_who_give_up_think_and_come_back([Values("static", "continuous", "naive-continuous")] string batching)
    {
        const int Users = 10, Requests = 600;
        var (records, digest) = (new Records(), new RunDigest(new RunDigestOptions { PurposefulWait = null }));
        var simulation = Simulation(2) with { Policies = new PolicyOptions { Routing = "least-requests", Batching = batching, MaxBatchSize = 2 } };
        var options = new WorkloadOptions
        {
            Requests = Requests,
            RequestsPerSecond = 1,
            Steps = 8,
            MaskShapes = false,
            ClosedLoop = new ClosedLoopOptions { Users = Users, ThinkSeconds = 0.2 },
            Cancellation = new CancellationOptions(0.4, 0.1),
        };
        var run = simulation.Stream(new WorkloadBuilder(options, TestWorkload.Grid).Stream(5), new RunObservers(records, digest));
        var cancelled = records.All.Where(static record => record.Outcome == RequestOutcome.Cancelled).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(digest.Complete(run.End.At).Verdict.Failures, Is.Empty);
            Assert.That(records.All.Select(static record => record.Request.Id.Value).Order(), Is.EqualTo(Enumerable.Range(0, Requests)));
            Assert.That(cancelled.Count(static record => record.ReadyAt is null), Is.Positive, "in preparation");
            Assert.That(cancelled.Count(static record => record.JoinedAt is not null), Is.Positive, "in the batch");
            Assert.That(cancelled, Has.Length.GreaterThan(50));
        }
    }

    [Test]
    public void The_response_time_law_holds_whatever_the_policies(
        [Values("least-requests", "mask-aware")] string routing, [Values("static", "continuous", "naive-continuous")] string batching)
    {
        const int Users = 10, Requests = 600;
        var records = new Records();
        (Simulation(2) with { Policies = new PolicyOptions { Routing = routing, Batching = batching, MaxBatchSize = 4 } })
            .Stream(Source(Users, 0.2, Requests, 5), records);
        var run = records.All;
        var end = run.Max(static record => record.FinishedAt.TotalSeconds);
        var users = OneServer.ByUser(run, Users);
        var thinks = OneServer.ThinkTimes(run, Users);
        var unfinished = users.Sum(edits => end - edits[^1].FinishedAt.TotalSeconds);
        var response = run.Average(static record => (record.FinishedAt - record.ArrivedAt).TotalSeconds);

        // Every user thinks, waits, thinks ... until the last answer: N T = sum of Z + sum of R + what is left, so R = N / X - Z - left / n, to rounding.
        Assert.That(run, Has.Count.EqualTo(Requests));
        Assert.That(response, Is.EqualTo((Users * end / Requests) - thinks.Average() - (unfinished / Requests)).Within(1e-9));
        Assert.That(thinks.Average(), Is.EqualTo(0.2).Within(5 * 0.2 / Math.Sqrt(Requests)));
    }

    private static Simulation Simulation(int workers) => TestWorkload.Simulation([], workers) with { TemplateSteps = 8 };

    private static IRequestSource Source(int users, double think, int requests, long seed) => new WorkloadBuilder(
        new WorkloadOptions
        {
            Requests = requests,
            RequestsPerSecond = 1,
            Steps = 8,
            Templates = 3,
            MaskShapes = false,
            ClosedLoop = new ClosedLoopOptions { Users = users, ThinkSeconds = think },
        },
        TestWorkload.Grid).Stream(seed);

    private sealed class Records : IRunObserver
    {
        public List<RequestRecord> All { get; } = [];

        public void Finished(in RequestRecord record) => All.Add(record);
    }

    private sealed class GeometricService(IRequestSource source, long seed) : IRequestSource
    {
        private readonly RandomStream _service = new(seed, "service");

        public bool TryNext(out Request request)
        {
            var found = source.TryNext(out request);
            request = request with { Steps = Steps() };
            return found;
        }

        public bool TryFollow(in RequestRecord ended, out Request next)
        {
            var found = source.TryFollow(ended, out next);
            next = next with { Steps = Steps() };
            return found;
        }

        private int Steps() => 1 + (int)(-Math.Log(1 - _service.NextDouble()) * ServiceSteps);
    }
}
