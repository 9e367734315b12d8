using SimServe.Policies;
using SimServe.Policies.Recovery;
using SimServe.Policies.Scaling;
using SimServe.Policies.Serving;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests.Serving;

/// <summary>A user gives up in every stage of a request's way, by the clock.</summary>
public sealed class CancellationTests
{
    // A step takes 10 ms whoever is in it, and a request eight of them: alone, ready at 7, denoised at 87, delivered at 92.
    private static readonly TestCosts Costs = new()
    {
        FlopsPerSecond = 1e18,
        BytesPerSecond = 1e18,
        Encode = TimeSpan.FromMilliseconds(7),
        Decode = TimeSpan.FromMilliseconds(5),
        Overhead = static _ => TimeSpan.FromMilliseconds(10),
    };

    private static readonly bool[] Both = [true, false];

    [Test]
    public void Who_gives_up_on_arrival_is_asked_for_by_no_policy()
    {
        var run = Run(Simulation([Request(0, 4, cancels: 4), Request(1, 5)]));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Ends(run), Is.EqualTo(new[] { (RequestOutcome.Cancelled, At(4)), (RequestOutcome.Completed, At(97)) }));
            Assert.That((run.Records[0].Worker, run.Records[0].RoutedAt, run.Records[0].Attempts), Is.EqualTo(((WorkerId?)null, (Instant?)null, 0)));
        }
    }

    [Test]
    public void At_the_gateway_it_leaves_at_that_instant()
    {
        var scaling = new ScalingOptions
        {
            Kind = "scheduled",
            Initial = 1,
            Interval = TimeSpan.FromSeconds(1),
            Provisioning = TimeSpan.FromSeconds(1),
            ModelLoad = TimeSpan.FromSeconds(0.5),
            Schedule = [new(TimeSpan.Zero, 1)],
        };
        var simulation = Simulation([Request(0, 5, cancels: 300), Request(1, 6), Request(2, 7, cancels: 2600)], new PolicyOptions { Scaling = scaling }, workers: 2);
        var run = Run(simulation with { Faults = [new LostWorker(At(1), 0)] });
        using (Assert.EnterMultipleScope())
        {
            // The second worker is asked for at 1,000 ms and takes requests at 2,500.
            Assert.That(Ends(run), Is.EqualTo(new[] { (RequestOutcome.Cancelled, At(300)), (RequestOutcome.Completed, At(2592)), (RequestOutcome.Completed, At(2602)) }));
            Assert.That((run.Records[0].Attempts, run.Records[0].ReadyAt), Is.EqualTo((1, (Instant?)null)), "its preparation told of the lost worker");
        }
    }

    [Test]
    public void In_preparation_it_leaves_at_that_instant_and_its_preparation_goes_on()
    {
        var run = Run(Simulation([Request(0, 0, cancels: 3), Request(1, 4)]));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Ends(run), Is.EqualTo(new[] { (RequestOutcome.Cancelled, At(3)), (RequestOutcome.Completed, At(99)) }));
            Assert.That((run.Records[0].RoutedAt, run.Records[0].ReadyAt), Is.EqualTo(((Instant?)At(0), (Instant?)null)));
            Assert.That(run.Records[1].ReadyAt, Is.EqualTo(At(14)), "the encoder is busy with the first until 7");
        }
    }

    [Test]
    public void A_run_whose_last_request_is_cancelled_in_preparation_ends_there() =>
        Assert.That(Run(Simulation([Request(0, 0, cancels: 3)])).EndedAt, Is.EqualTo(At(3)));

    [Test]
    public void In_the_queue_it_leaves_at_that_instant()
    {
        var run = Run(Simulation([Request(0, 0), Request(1, 5, cancels: 50), Request(2, 6)], new PolicyOptions { MaxBatchSize = 1 }));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Ends(run), Is.EqualTo(new[] { (RequestOutcome.Completed, At(92)), (RequestOutcome.Cancelled, At(50)), (RequestOutcome.Completed, At(172)) }));
            Assert.That((run.Records[1].ReadyAt, run.Records[1].JoinedAt), Is.EqualTo(((Instant?)At(14), (Instant?)null)));
            Assert.That(run.Records[2].JoinedAt, Is.EqualTo(At(87)));
        }
    }

    [TestCaseSource(nameof(Both))]
    public void In_the_batch_it_leaves_when_the_step_under_way_ends(bool coalesced)
    {
        var run = Run(Simulation([Request(0, 0, cancels: 20)]) with { CoalesceSteps = coalesced });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Ends(run), Is.EqualTo(new[] { (RequestOutcome.Cancelled, At(27)) }));
            Assert.That((run.Records[0].JoinedAt, run.Records[0].DenoisedAt, run.Records[0].DeviceTime), Is.EqualTo(((Instant?)At(7), (Instant?)null, TimeSpan.FromMilliseconds(20))));
            Assert.That(run.Segments.Sum(static segment => segment.Steps), Is.EqualTo(2));
            Assert.That(run.EndedAt, Is.EqualTo(At(27)));
        }
    }

    [TestCaseSource(nameof(Both))]
    public void Its_place_in_the_batch_is_taken_at_once_and_nobody_else_is_delayed(bool coalesced)
    {
        var run = Run(Simulation([Request(0, 0), Request(1, 0, cancels: 31), Request(2, 0)], new PolicyOptions { MaxBatchSize = 2 }) with { CoalesceSteps = coalesced });
        using (Assert.EnterMultipleScope())
        {
            // The second joins at 17 and takes steps until 37; the third, ready at 21, has its place then.
            Assert.That(Ends(run), Is.EqualTo(new[] { (RequestOutcome.Completed, At(92)), (RequestOutcome.Cancelled, At(37)), (RequestOutcome.Completed, At(122)) }));
            Assert.That(run.Records[2].JoinedAt, Is.EqualTo(At(37)));
        }
    }

    [Test]
    public void A_place_in_a_static_batch_is_taken_by_nobody()
    {
        var policies = new PolicyOptions { Batching = "static", MaxBatchSize = 2, MaxWait = TimeSpan.FromSeconds(1) };
        var run = Run(Simulation([Request(0, 0), Request(1, 0, cancels: 31), Request(2, 0), Request(3, 0)], policies));

        // Both are ready at 14 and done at 94; those behind them wait for that, whoever leaves before.
        Assert.That(run.Records.Select(static record => record.JoinedAt), Is.EqualTo(new Instant?[] { At(14), At(14), At(94), At(94) }));
        Assert.That(Ends(run)[1], Is.EqualTo((RequestOutcome.Cancelled, At(34))));
    }

    [Test]
    public void A_static_batch_that_waits_for_company_waits_on_for_those_who_stay()
    {
        var policies = new PolicyOptions { Batching = "static", MaxBatchSize = 3, MaxWait = TimeSpan.FromMilliseconds(100) };
        var run = Run(Simulation([Request(0, 0, cancels: 60), Request(1, 50)], policies));
        Assert.That(run.Records[1].JoinedAt, Is.EqualTo(At(157)), "100 ms after it was ready itself, not after the one that left");
    }

    [TestCaseSource(nameof(Both))]
    public void At_the_very_end_of_a_step_the_next_has_begun(bool coalesced)
    {
        var run = Run(Simulation([Request(0, 0, cancels: 27)]) with { CoalesceSteps = coalesced });
        Assert.That(Ends(run), Is.EqualTo(new[] { (RequestOutcome.Cancelled, At(37)) }));
    }

    // In its last step, at its end, while it is being decoded, at the instant of its delivery, and afterwards.
    [TestCase(80)]
    [TestCase(87)]
    [TestCase(90)]
    [TestCase(92)]
    [TestCase(500)]
    public void Once_its_last_step_has_begun_it_is_delivered(int cancels)
    {
        var run = Run(Simulation([Request(0, 0, cancels)]));
        Assert.That((Ends(run)[0], run.EndedAt), Is.EqualTo(((RequestOutcome.Completed, At(92)), At(92))));
    }

    [Test]
    public void Waiting_for_its_template_it_leaves_at_that_instant_and_the_template_is_recorded_all_the_same()
    {
        var run = Run(Simulation([Request(0, 0, cancels: 100), Request(1, 200)]) with { WarmTemplates = false });
        using (Assert.EnterMultipleScope())
        {
            // Recording takes 480 ms from 7 on.
            Assert.That(Ends(run), Is.EqualTo(new[] { (RequestOutcome.Cancelled, At(100)), (RequestOutcome.Completed, At(572)) }));
            Assert.That((run.Records[0].JoinedAt, run.Records[0].StartedAt, run.Records[0].CacheWait), Is.EqualTo(((Instant?)At(7), (Instant?)null, TimeSpan.FromMilliseconds(93))));
            Assert.That((run.Records[1].JoinedAt, run.Records[1].CacheWait), Is.EqualTo(((Instant?)At(487), TimeSpan.Zero)));
        }
    }

    [Test]
    public void While_the_batch_waits_for_anothers_template_it_leaves_at_that_instant()
    {
        var run = Run(Simulation([Request(0, 0, cancels: 600), Request(1, 500) with { Template = new TemplateId(1) }]) with { WarmTemplates = false });
        using (Assert.EnterMultipleScope())
        {
            // The first is recorded until 487 and steps until 517; the other's template, which joined then, is recorded until 997.
            Assert.That(Ends(run), Is.EqualTo(new[] { (RequestOutcome.Completed, At(1052)), (RequestOutcome.Completed, At(1082)) }).Or.EqualTo(
                new[] { (RequestOutcome.Cancelled, At(600)), (RequestOutcome.Completed, At(1082)) }));
            Assert.That(run.Records[0].Outcome, Is.EqualTo(RequestOutcome.Cancelled));
            Assert.That(run.Records[0].CacheWait, Is.EqualTo(TimeSpan.FromMilliseconds(480 + 83)));
        }
    }

    [Test]
    public void Waiting_for_its_turn_on_the_thread_that_denoises_it_leaves_and_interrupts_nobody()
    {
        var run = Run(Simulation([Request(0, 0), Request(1, 20, cancels: 25)], new PolicyOptions { Batching = "naive-continuous" }));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Ends(run), Is.EqualTo(new[] { (RequestOutcome.Completed, At(92)), (RequestOutcome.Cancelled, At(25)) }));
            Assert.That(run.Records[0].Interruptions, Is.Zero);
        }
    }

    [Test]
    public void Prepared_on_the_thread_that_denoises_it_leaves_and_the_interruption_goes_on()
    {
        var run = Run(Simulation([Request(0, 0), Request(1, 20, cancels: 30)], new PolicyOptions { Batching = "naive-continuous" }));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Ends(run), Is.EqualTo(new[] { (RequestOutcome.Completed, At(99)), (RequestOutcome.Cancelled, At(30)) }));
            Assert.That((run.Records[0].Interruptions, run.Records[0].PrePostWait), Is.EqualTo((1, TimeSpan.FromMilliseconds(7))));
        }
    }

    [Test]
    public void Interrupted_by_anothers_preparation_it_leaves_at_that_instant()
    {
        var run = Run(Simulation([Request(0, 0, cancels: 30), Request(1, 20)], new PolicyOptions { Batching = "naive-continuous" }));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Ends(run), Is.EqualTo(new[] { (RequestOutcome.Cancelled, At(30)), (RequestOutcome.Completed, At(119)) }));
            Assert.That((run.Records[0].Interruptions, run.Records[0].PrePostWait), Is.EqualTo((1, TimeSpan.FromMilliseconds(3))));
        }
    }

    [Test]
    public void With_its_device_it_is_not_lost_but_cancelled_once_its_user_has_given_up()
    {
        var policies = new PolicyOptions { Recovery = new RecoveryOptions { Kind = "restart" } };
        var run = Run(Simulation([Request(0, 0, cancels: 20), Request(1, 0)], policies, workers: 2) with { Faults = [new LostWorker(At(22), 0)] });
        Assert.That(Ends(run), Is.EqualTo(new[] { (RequestOutcome.Cancelled, At(22)), (RequestOutcome.Completed, At(92)) }));
    }

    [Test]
    public void After_its_device_is_lost_it_is_cancelled_where_it_begins_again()
    {
        var policies = new PolicyOptions { Recovery = new RecoveryOptions { Kind = "restart" } };
        var run = Run(Simulation([Request(0, 0, cancels: 50), Request(1, 0)], policies, workers: 2) with { Faults = [new LostWorker(At(22), 0)] });
        using (Assert.EnterMultipleScope())
        {
            // Two steps are lost at 22, the second half done; ready again at 29, joins at 37, leaves at 57.
            Assert.That(Ends(run)[0], Is.EqualTo((RequestOutcome.Cancelled, At(57))));
            Assert.That((run.Records[0].Worker, run.Records[0].Attempts, run.Records[0].LostSteps), Is.EqualTo(((WorkerId?)new WorkerId(1), 2, 1)));
        }
    }

    [Test]
    public void Who_is_cut_off_before_the_step_under_way_ends_was_running_at_the_end()
    {
        var run = Run(Simulation([Request(0, 0, cancels: 20)]) with { CutOff = At(25) });
        Assert.That(Ends(run), Is.EqualTo(new[] { (RequestOutcome.RunningAtEnd, At(25)) }));
    }

    [Test]
    public void Whom_it_kept_out_joins_at_the_next_boundary()
    {
        // The second wants other weights than the first, and stands before the third.
        AdapterSet one = new([], [1]), other = new([], [2]);
        Request[] requests = [Request(0, 0) with { Adapters = one }, Request(1, 1, cancels: 3000) with { Adapters = other }, Request(2, 2) with { Adapters = one }];
        Request[] patient = [.. requests.Select(static request => request with { CancelsAt = null, Steps = 400 })];
        Request[] hurried = [.. requests.Select(static request => request with { Steps = 400 })];
        var (without, with) = (Run(Simulation(patient)), Run(Simulation(hurried)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(without.Records[2].JoinedAt, Is.GreaterThan(without.Records[0].DenoisedAt!.Value));
            Assert.That(with.Records[2].JoinedAt, Is.InRange(At(3000), At(3010)));
        }
    }

    [Test]
    public void What_has_come_to_the_device_with_a_part_of_the_steps_does_not_count_as_the_template()
    {
        var host = new HostOptions { DeviceCacheBytes = 3 * TestWorkload.Model.TemplateCacheBytes(8) };
        SimulationResult Serve(double? cancels)
        {
            var simulation = Simulation([Request(0, 0, cancels), Request(1, 300), Request(2, 600)]);
            return (simulation with { Fleet = simulation.Fleet with { Host = host } }).Run();
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Serve(null).Caches!.DeviceHits, Is.EqualTo(2));
            Assert.That(Serve(40).Caches!.DeviceHits, Is.EqualTo(1));
        }
    }

    [Test]
    public void A_template_without_room_goes_when_nobody_waits_for_it_any_more()
    {
        // Host memory holds no template: what is fetched is kept for its users only.
        var bytes = TestWorkload.Model.TemplateCacheBytes(8);
        var host = new HostOptions { MemoryBytes = bytes / 2, CacheHosts = 1, CacheHostBytesPerSecond = 10.0 * bytes };
        SimulationResult Serve(double? cancels)
        {
            var simulation = Simulation([Request(0, 0, cancels), Request(1, 300)], workers: 1);
            return (simulation with { Fleet = simulation.Fleet with { Host = host } }).Run();
        }

        var (patient, hurried) = (Serve(null), Serve(50));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(hurried.Serving.Records[0].Outcome, Is.EqualTo(RequestOutcome.Cancelled));
            Assert.That((patient.Caches!.StoreFetches, hurried.Caches!.StoreFetches), Is.EqualTo((2, 2)), "it is fetched again");
            Assert.That(hurried.Serving.Records[1].CacheWait, Is.EqualTo(patient.Serving.Records[1].CacheWait));
        }
    }

    private static Instant At(double milliseconds) => Instant.FromSeconds(milliseconds / 1000);

    private static (RequestOutcome, Instant)[] Ends(ServingResult run) => [.. run.Records.Select(static record => (record.Outcome, record.FinishedAt))];

    private static Request Request(int number, double milliseconds, double? cancels = null) => TestWorkload.Poisson(1, 1, 1)[0] with
    {
        Id = new RequestId(number),
        ArrivesAt = At(milliseconds),
        CancelsAt = cancels is { } due ? At(due) : null,
    };

    // Whatever happens, the run's checks hold.
    private static ServingResult Run(Simulation simulation)
    {
        var digest = new RunDigest(new RunDigestOptions { PurposefulWait = simulation.Policies.MaxWait });
        var run = simulation.Run(digest).Serving;
        Assert.That(digest.Complete(run.EndedAt).Verdict.Failures, Is.Empty);
        return run;
    }

    private static Simulation Simulation(Request[] requests, PolicyOptions? policies = null, int workers = 1)
    {
        var options = policies ?? new PolicyOptions { MaxBatchSize = 4 };
        return TestWorkload.Simulation(requests, policies: options with { Routing = "round-robin" }) with
        {
            Fleet = SimulatedFleet.Of(TestWorkload.Device, [.. Enumerable.Repeat(Costs, workers)]),
        };
    }
}
