using SimServe.Policies;
using SimServe.Policies.Admission;
using SimServe.Policies.Ordering;
using SimServe.Policies.Recovery;
using SimServe.Policies.Routing;
using SimServe.Policies.Scaling;
using SimServe.Policies.Serving;
using SimServe.Simulator.Replays;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests;

/// <summary>Every policy in whole runs.</summary>
public sealed class PolicyRunTests
{
    private const int Workers = 4;

    private static IEnumerable<string> Routings() => PolicyCatalogue.Routing;

    private static IEnumerable<string> Batchings() => PolicyCatalogue.Batching;

    private static IEnumerable<TestCaseData> Others() =>
        from ordering in PolicyCatalogue.Ordering
        from admission in PolicyCatalogue.Admission
        from recovery in PolicyCatalogue.Recovery
        select new TestCaseData(new PolicyOptions
        {
            MaxBatchSize = 4,
            Ordering = new OrderingOptions { Kind = ordering },
            Admission = new AdmissionOptions { Kind = admission, RatePerSecond = 8, Burst = 4 },
            Recovery = new RecoveryOptions { Kind = recovery, CheckpointSteps = 3 },
        }).SetArgDisplayNames($"{ordering} {admission} {recovery}");

    [TestCaseSource(nameof(Routings))]
    public void A_replay_of_a_run_takes_every_step_again(string routing) => MustRepeat(new PolicyOptions { Routing = routing, MaxBatchSize = 4, Seed = 2 });

    [TestCaseSource(nameof(Batchings))]
    public void A_replay_of_a_run_takes_every_step_again_however_batches_form(string batching) => MustRepeat(
        new PolicyOptions { Batching = batching, MaxBatchSize = 4, MaxWait = TimeSpan.FromMilliseconds(20), Recovery = new RecoveryOptions { Kind = "restart" } },
        new LostWorker(Instant.FromSeconds(3), 0),
        new SlowWorker(Instant.FromSeconds(5), 1, TimeSpan.FromSeconds(4), 2));

    [TestCaseSource(nameof(Others))]
    public void A_replay_of_a_run_with_a_lost_and_a_slow_device_takes_every_step_again(PolicyOptions policies) => MustRepeat(
        policies,
        new LostWorker(Instant.FromSeconds(3), 0),
        new SlowWorker(Instant.FromSeconds(5), 1, TimeSpan.FromSeconds(4), 2));

    [Test]
    public void A_replay_with_another_policy_says_where_it_parts()
    {
        var (run, simulation, recording) = Recorded(new PolicyOptions { Routing = "least-requests", MaxBatchSize = 4 });
        var other = Replay(simulation with { Policies = simulation.Policies with { Routing = "round-robin" } }, run, recording);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(other.Share, Is.LessThan(0.5));
            Assert.That(other.Divergence, Does.Contain("the replay").IgnoreCase);
        }
    }

    private static void MustRepeat(PolicyOptions policies, params Fault[] faults)
    {
        var (run, simulation, recording) = Recorded(policies, faults);
        var agreement = Replay(simulation, run, recording);
        Assert.That(agreement, Is.EqualTo(new ReplayAgreement(run.Segments.Sum(static segment => segment.Steps), run.Segments.Sum(static segment => segment.Steps), null)));
    }

    private static (ServingResult Run, Simulation Simulation, RunRecording Recording) Recorded(PolicyOptions policies, params Fault[] faults)
    {
        var recording = new RunRecording();
        var simulation = TestWorkload.Simulation(TestWorkload.Impatient(TestWorkload.Poisson(400, 14, 5), 0.2, 0.4), Workers, policies) with { Faults = faults, WarmTemplates = false, Recording = recording };
        return (simulation.Run().Serving, simulation, recording);
    }

    private static ReplayAgreement Replay(Simulation simulation, ServingResult run, RunRecording recording) => RunReplay.Compare(
        PolicyCatalogue.CreateSetup(simulation.Policies, simulation.Model, [.. simulation.Fleet.Workers.Select(static worker => worker.Costs)]) with { Notices = Fault.Notices(simulation.Faults) },
        simulation.Requests,
        recording,
        run,
        [.. simulation.Fleet.Workers.Select(static worker => (worker.Name, worker.Device))]);

    [TestCaseSource(nameof(Others))]
    public void Every_request_ends_once_and_the_same_way_twice(PolicyOptions policies)
    {
        ServiceClass[] classes = [ServiceClass.Default, new("batch", -1), new("now", 2, TimeSpan.FromSeconds(0.6))];
        Request[] requests = [.. TestWorkload.Impatient(TestWorkload.Poisson(300, 14, 6), 0.2, 0.4).Select((request, i) => request with { Class = classes[i % 3] })];
        var simulation = TestWorkload.Simulation(requests, Workers, policies) with
        {
            Faults = [new LostWorker(Instant.FromSeconds(4), 0), new LostWorker(Instant.FromSeconds(9), 2)],
        };
        var result = simulation.Run().Serving;
        Assert.That(result.Records.Select(static record => record.Request.Id.Value).Order(), Is.EqualTo(Enumerable.Range(0, 300)));
        Assert.That(result.Records.Count(static record => record.Outcome == RequestOutcome.Completed), Is.GreaterThan(50));
        Assert.That(result.Records.Count(static record => record.Outcome == RequestOutcome.Cancelled), Is.GreaterThan(5));
        Assert.That(TestWorkload.Trace(simulation.Run().Serving), Is.EqualTo(TestWorkload.Trace(result)));
    }

    [TestCase("reactive")]
    [TestCase("predictive")]
    [TestCase("scheduled")]
    public void A_fleet_that_is_scaled_serves_everybody(string kind)
    {
        var scaling = new ScalingOptions
        {
            Kind = kind,
            Initial = 1,
            Interval = TimeSpan.FromSeconds(1),
            Provisioning = TimeSpan.FromSeconds(1),
            ModelLoad = TimeSpan.FromSeconds(0.5),
            Stabilisation = TimeSpan.FromSeconds(5),
            Schedule = [new(TimeSpan.FromSeconds(2), 4), new(TimeSpan.FromSeconds(20), 2)],
        };
        var result = TestWorkload.Simulation(TestWorkload.Poisson(400, 14, 7), Workers, new PolicyOptions { MaxBatchSize = 4, Scaling = scaling }).Run().Serving;
        Assert.That(result.Records, Has.All.Property(nameof(RequestRecord.Outcome)).EqualTo(RequestOutcome.Completed));
        Assert.That(result.Records.Select(static record => record.Worker).Distinct().Count(), Is.GreaterThan(1), "it grew");
    }

    [Test]
    public void Any_router_is_better_than_the_busiest_worker()
    {
        double MeanLatency(string routing) => TestWorkload.Simulation(
            TestWorkload.Poisson(300, 10, 8), Workers, new PolicyOptions { Routing = routing, MaxBatchSize = 4 }).Run().Serving.Records
            .Average(static record => (record.FinishedAt - record.ArrivedAt).TotalSeconds);

        var worst = MeanLatency(AlwaysBusiest.Name);
        foreach (var routing in PolicyCatalogue.Routing.Where(static name => name != AlwaysBusiest.Name))
        {
            Assert.That(MeanLatency(routing), Is.LessThan(worst), routing);
        }
    }
}
