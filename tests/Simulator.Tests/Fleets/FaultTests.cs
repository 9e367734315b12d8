using CsCheck;
using SimServe.Policies;
using SimServe.Policies.Recovery;
using SimServe.Policies.Scaling;
using SimServe.Policies.Serving;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests.Fleets;

/// <summary>What goes wrong on purpose, and what becomes of requests then.</summary>
public sealed class FaultTests
{
    private const int Workers = 3;

    [Test]
    public void Nothing_is_lost_whatever_goes_wrong([Values] bool coalesce, [Values] bool tiers, [Values("continuous", "naive-continuous")] string batching)
    {
        foreach (var faults in FixedSample.Of(Anything, 60))
        {
            var requests = TestWorkload.Poisson(120, 20, 3);
            foreach (var recovery in PolicyCatalogue.Recovery)
            {
                var digest = new RunDigest();
                var run = (TestWorkload.Simulation(requests, Workers, new PolicyOptions { Batching = batching, MaxBatchSize = 4, Recovery = new RecoveryOptions { Kind = recovery } }) with
                {
                    Faults = faults,
                    CoalesceSteps = coalesce,
                    Fleet = Fleet(Workers, tiers),
                }).Run(digest).Serving;
                var summary = digest.Complete(run.EndedAt);
                Assert.That(run.Records.Select(static record => record.Request.Id), Is.EqualTo(requests.Select(static request => request.Id)), recovery);
                Assert.That(run.Records, Has.All.Matches<RequestRecord>(static record => record.Outcome is RequestOutcome.Completed or RequestOutcome.Failed));
                Assert.That(summary.Verdict.IsSound, Is.True, string.Join('\n', summary.Verdict.Checks.Select(static check => check.ToString())));
                Assert.That(
                    run.Segments.Sum(static segment => (long)segment.Steps * segment.BatchSize),
                    Is.GreaterThanOrEqualTo(run.Records.Sum(static record => record.LostSteps + (record.Outcome == RequestOutcome.Completed ? record.Request.Steps : 0))));
            }
        }
    }

    [Test]
    public void Coalesced_and_step_by_step_runs_are_identical_whatever_goes_wrong([Values] bool tiers, [Values("continuous", "naive-continuous")] string batching)
    {
        foreach (var faults in FixedSample.Of(Anything, 40))
        {
            var simulation = TestWorkload.Simulation(TestWorkload.Poisson(80, 15, 7), Workers, new PolicyOptions { Batching = batching, MaxBatchSize = 4, Recovery = new RecoveryOptions { Kind = "restart" } }) with
            {
                Faults = faults,
                Fleet = Fleet(Workers, tiers),
            };
            Assert.That(TestWorkload.Trace((simulation with { CoalesceSteps = false }).Run().Serving), Is.EqualTo(TestWorkload.Trace(simulation.Run().Serving)));
        }
    }

    // Three workers of a host whose memory holds one template, which the first works with. The second fails while it waits for another one, with a request for the first in its batch;
    // then the third fetches yet another, which has no room.
    [Test]
    public void A_device_that_fails_while_it_waits_takes_nothing_from_its_neighbour()
    {
        Request Of(int number, double seconds, int template, int steps) => TestWorkload.Poisson(1, 1000, 1, steps)[0] with
        {
            Id = new RequestId(number),
            ArrivesAt = Instant.FromSeconds(seconds),
            Template = new TemplateId(template),
        };

        var bytes = TestWorkload.Model.TemplateCacheBytes(8);
        var run = (TestWorkload.Simulation(
            [Of(0, 0, 0, 1500), Of(1, 3, 1, 8), Of(2, 3, 0, 8), Of(3, 3, 0, 8), Of(4, 3, 0, 8), Of(5, 5, 2, 8)],
            Workers,
            new PolicyOptions { Batching = "static", MaxBatchSize = 2, MaxWait = TimeSpan.FromSeconds(0.5), Routing = "round-robin" }) with
        {
            TemplateSteps = 8,
            Faults = [new LostWorker(Instant.FromSeconds(3.5), 1)],
            Fleet = SimulatedFleet.Of(TestWorkload.Device, new TestCosts(), Workers, perHost: Workers) with
            {
                Host = new HostOptions { MemoryBytes = bytes, NetworkBytesPerSecond = bytes, Prefetch = false },
            },
        }).Run().Serving;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Records.Select(static record => record.Worker!.Value.Value), Is.EqualTo(new[] { 0, 1, 2, 0, 1, 2 }));
            Assert.That(run.Records[0].DenoisedAt, Is.GreaterThan(run.Records[5].DenoisedAt!.Value), "all that happens while it is at work");
            Assert.That(run.Records.Count(static record => record.Outcome == RequestOutcome.Failed), Is.EqualTo(2));
            Assert.That(run.Records[3].CacheWait, Is.EqualTo(TimeSpan.Zero), "its template was in use all the time, and stayed");
        }
    }

    [Test]
    public void A_slow_device_takes_its_factor_longer_from_the_fault_on()
    {
        var request = TestWorkload.Poisson(1, 1000, 1, steps: 100);
        var plain = TestWorkload.Simulation(request, workers: 1);
        var denoising = Denoising(plain.Run().Serving);
        var half = plain.Run().Serving.Records[0].StartedAt!.Value + (denoising / 2);
        var slow = Denoising((plain with { Faults = [new SlowWorker(half, 0, TimeSpan.FromHours(1), 3)] }).Run().Serving);
        var passing = Denoising((plain with { Faults = [new SlowWorker(Instant.Start, 0, TimeSpan.FromHours(1), 3), new SlowWorker(Instant.Start, 0, TimeSpan.FromTicks(1), 1)] }).Run().Serving);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(slow / denoising, Is.EqualTo(2).Within(0.0001), "half of it three times as long");
            Assert.That(passing / denoising, Is.EqualTo(1).Within(0.0001), "the later fault of one worker holds");
        }
    }

    [Test]
    public void A_brownout_slows_loads_and_ends()
    {
        var costs = new TestCosts { FlopsPerSecond = 1e18, Overhead = static _ => TimeSpan.Zero };
        var plain = TestWorkload.Simulation(TestWorkload.Poisson(1, 1000, 1), workers: 1, new PolicyOptions { Pipeline = "strawman" }) with
        {
            Fleet = SimulatedFleet.Of(TestWorkload.Device, costs, 1),
        };
        var denoising = Denoising(plain.Run().Serving);
        var start = plain.Run().Serving.Records[0].StartedAt!.Value;
        TimeSpan With(TimeSpan length) => Denoising((plain with { Faults = [new LinkBrownout(start, 0, length, 0.25)] }).Run().Serving);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(With(TimeSpan.FromHours(1)) / denoising, Is.EqualTo(4).Within(0.001));

            // In the time of the whole run at a quarter of the bandwidth a quarter of it is done; the rest goes at full speed.
            Assert.That(With(denoising) / denoising, Is.EqualTo(1.75).Within(0.001));
        }
    }

    [Test]
    public void A_machine_that_will_be_taken_away_takes_nothing_new_and_finishes_what_it_can()
    {
        var requests = TestWorkload.Poisson(200, 8, 5);
        var notice = Instant.FromSeconds(8);
        ServingResult With(double seconds) => (TestWorkload.Simulation(requests) with
        {
            Faults = [new SpotPreemption(notice, 1, TimeSpan.FromSeconds(seconds))],
        }).Run().Serving;
        var (enough, none) = (With(30), With(0));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(enough.Records, Has.All.Matches<RequestRecord>(static record => record.Outcome == RequestOutcome.Completed));
            Assert.That(enough.Records.Where(record => record.RoutedAt > notice), Has.All.Matches<RequestRecord>(static record => record.Worker == new WorkerId(0)));
            Assert.That(none.Records.Count(static record => record.Outcome == RequestOutcome.Failed), Is.GreaterThan(0), "without notice the batch is lost");
        }
    }

    [Test]
    public void Requests_whose_device_fails_start_again_or_go_on_where_their_checkpoint_is()
    {
        var requests = TestWorkload.Poisson(200, 8, 5, steps: 20);
        ServingResult With(string kind) => (TestWorkload.Simulation(requests, policies: new PolicyOptions
        {
            MaxBatchSize = 4,
            Recovery = new RecoveryOptions { Kind = kind, CheckpointSteps = 5 },
        }) with
        {
            Faults = [new LostWorker(Instant.FromSeconds(10), 1)],
        }).Run().Serving;
        var (failing, restarted, resumed) = (With("fail"), With("restart"), With("resume"));
        long Lost(ServingResult run) => run.Records.Sum(static record => (long)record.LostSteps);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(failing.Records.Count(static record => record.Outcome == RequestOutcome.Failed), Is.GreaterThan(0));
            Assert.That(restarted.Records, Has.All.Matches<RequestRecord>(static record => record.Outcome == RequestOutcome.Completed));
            Assert.That(resumed.Records, Has.All.Matches<RequestRecord>(static record => record.Outcome == RequestOutcome.Completed));
            Assert.That(Lost(resumed), Is.LessThan(Lost(restarted)));
            Assert.That(resumed.Records.Max(static record => record.LostSteps), Is.LessThan(5));
            Assert.That(
                restarted.Segments.Sum(static segment => (long)segment.Steps * segment.BatchSize),
                Is.EqualTo((200 * 20) + Lost(restarted)), "every lost step is done again");
        }
    }

    [Test]
    public void Templates_of_a_lost_cache_host_are_recorded_anew()
    {
        var requests = TestWorkload.Poisson(100, 2, 3, templates: 4);
        var simulation = TestWorkload.Simulation(requests, workers: 1, new PolicyOptions { MaxBatchSize = 1 }) with
        {
            Fleet = SimulatedFleet.Of(TestWorkload.Device, new TestCosts(), 1) with
            {
                Host = new HostOptions { CacheHosts = 2, MemoryBytes = TestWorkload.Model.TemplateCacheBytes(8), NetworkBytesPerSecond = 1e12 },
            },
        };
        var recording = new TestCosts().Record(8);
        int Recorded(Simulation run) => run.Run().Serving.Records
            .Where(record => record.CacheWait >= recording).Select(static record => record.Request.Template.Value).Distinct().Count();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Recorded(simulation), Is.Zero);
            Assert.That(Recorded(simulation with { Faults = [new LostCacheHost(Instant.Start, 1)] }), Is.EqualTo(2), "templates 1 and 3 were there");
        }
    }

    [Test]
    public void A_fleet_that_scales_starts_workers_after_their_delays_and_pays_for_them_only_while_they_are_on()
    {
        var states = new StateLog();
        var scaling = new ScalingOptions
        {
            Kind = "reactive",
            Interval = TimeSpan.FromSeconds(1),
            Initial = 1,
            TargetPerWorker = 2,
            Stabilisation = TimeSpan.FromSeconds(5),
            Provisioning = TimeSpan.FromSeconds(2),
            ModelLoad = TimeSpan.FromSeconds(1),
        };
        var burst = TestWorkload.Poisson(150, 15, 3);
        var late = TestWorkload.Poisson(10, 0.2, 4).Select((request, number) => request with { Id = new RequestId(150 + number), ArrivesAt = request.ArrivesAt + TimeSpan.FromSeconds(60) });
        var run = TestWorkload.Simulation([.. burst, .. late], 4, new PolicyOptions { MaxBatchSize = 4, Scaling = scaling }).Run(states).Serving;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Records, Has.All.Matches<RequestRecord>(static record => record.Outcome == RequestOutcome.Completed));
            Assert.That(states.Of(1).Take(3).Select(static change => change.State), Is.EqualTo(new[] { WorkerState.Provisioning, WorkerState.Loading, WorkerState.Ready }));
            Assert.That(states.Of(1)[1].At - states.Of(1)[0].At, Is.EqualTo(TimeSpan.FromSeconds(2)));
            Assert.That(states.Of(1)[2].At - states.Of(1)[1].At, Is.EqualTo(TimeSpan.FromSeconds(1)));
            Assert.That(states.Of(3), Has.Some.Matches<(WorkerState State, Instant At)>(static change => change.State == WorkerState.Off), "after the burst it is let go");
            Assert.That(run.Records.Where(static record => record.Worker == new WorkerId(3)).Min(static record => record.RoutedAt), Is.GreaterThanOrEqualTo(states.Of(3)[2].At));
        }
    }

    [Test]
    public void Requests_that_find_nobody_wait_at_the_gateway_for_a_worker_that_is_being_started()
    {
        var scaling = new ScalingOptions { Kind = "reactive", Interval = TimeSpan.FromSeconds(1), Initial = 1, Provisioning = TimeSpan.FromSeconds(3), ModelLoad = TimeSpan.Zero };
        var run = (TestWorkload.Simulation(TestWorkload.Poisson(30, 3, 3), 2, new PolicyOptions { MaxBatchSize = 4, Scaling = scaling }) with
        {
            Faults = [new LostWorker(Instant.FromSeconds(2), 0)],
        }).Run().Serving;
        var waited = run.Records.Where(static record => record.RoutedAt - record.ArrivedAt > TimeSpan.FromSeconds(1)).ToArray();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(waited, Is.Not.Empty);
            Assert.That(run.Records.Where(static record => record.ArrivedAt > Instant.FromSeconds(2)), Has.All.Matches<RequestRecord>(static record => record.Outcome == RequestOutcome.Completed));
        }
    }

    [Test]
    public void Routers_with_old_information_balance_worse()
    {
        var requests = TestWorkload.Poisson(2000, 26, 3);
        double Mean(double staleness) => TestWorkload.Simulation(requests, 8, new PolicyOptions
        {
            MaxBatchSize = 4,
            Routing = "least-requests",
            RouterStaleness = TimeSpan.FromSeconds(staleness),
        }).Run().Serving.Records.Average(static record => (record.FinishedAt - record.ArrivedAt).TotalSeconds);

        Assert.That(Mean(5), Is.GreaterThan(1.2 * Mean(0)));
    }

    private static TimeSpan Denoising(ServingResult run) => run.Records[0].DenoisedAt!.Value - run.Records[0].StartedAt!.Value;

    // With tiers: memory for templates in the devices too, and hosts that fetch from each other.
    private static SimulatedFleet Fleet(int workers, bool tiers) => SimulatedFleet.Of(TestWorkload.Device, new TestCosts(), workers, perHost: 2) with
    {
        Host = new HostOptions
        {
            DeviceCacheBytes = tiers ? TestWorkload.Model.TemplateCacheBytes(8) : 0,
            Peers = tiers ? new PeerOptions { BytesPerSecond = 5e8, Latency = TimeSpan.FromMilliseconds(1) } : null,
            MemoryBytes = 2 * TestWorkload.Model.TemplateCacheBytes(8),
            MemoryBytesPerSecond = 3e8,
            NetworkBytesPerSecond = 1e9,
            CacheHosts = 2,
        },
    };

    private static readonly Gen<Fault[]> Anything = Gen.OneOf<Fault>(
        Gen.Select(Gen.Double[0, 10], Gen.Int[0, Workers - 1], static (at, worker) => (Fault)new LostWorker(Instant.FromSeconds(at), worker)),
        Gen.Select(Gen.Double[0, 10], Gen.Int[0, Workers - 1], Gen.Double[0, 3], static (at, worker, notice) => (Fault)new SpotPreemption(Instant.FromSeconds(at), worker, TimeSpan.FromSeconds(notice))),
        Gen.Select(Gen.Double[0, 10], Gen.Int[0, Workers - 1], Gen.Double[1, 5], static (at, worker, factor) => (Fault)new SlowWorker(Instant.FromSeconds(at), worker, TimeSpan.FromSeconds(2), factor)),
        Gen.Select(Gen.Double[0, 10], Gen.Int[0, Workers - 1], Gen.Double[0.1, 1], static (at, worker, share) => (Fault)new LinkBrownout(Instant.FromSeconds(at), worker, TimeSpan.FromSeconds(2), share)),
        Gen.Select(Gen.Double[0, 10], Gen.Int[0, 1], static (at, host) => (Fault)new LostCacheHost(Instant.FromSeconds(at), host))).Array[0, 6];

    private sealed class StateLog : IRunObserver
    {
        private readonly List<(int Worker, WorkerState State, Instant At)> _changes = [];

        public void WorkerChanged(WorkerId worker, WorkerState state, Instant now) => _changes.Add((worker.Value, state, now));

        public (WorkerState State, Instant At)[] Of(int worker) =>
            [.. _changes.Where(change => change.Worker == worker).Select(static change => (change.State, change.At))];
    }
}
