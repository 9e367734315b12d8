using SimServe.Policies;
using SimServe.Policies.Scaling;
using SimServe.Policies.Serving;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests.Fleets;

/// <summary>When workers that scaling turns on have the model. Asked for at 20 s, their machines are there at 30 s.</summary>
public sealed class ModelLoadTests
{
    private const long ModelBytes = 2_400_000_000;
    private const double ThereAt = 30;
    private static readonly double OverTheLink = ModelBytes / TestWorkload.Device.LinkBytesPerSecond;

    [Test]
    public void Workers_of_a_host_read_the_model_from_its_disk_once()
    {
        var host = new HostOptions { ModelBytes = ModelBytes, DiskBytesPerSecond = 2e8 };
        Assert.That(ReadyAt(host, perHost: 4), Is.EqualTo(Enumerable.Repeat(ThereAt + 12 + OverTheLink, 3)).Within(1e-5));
    }

    [Test]
    public void Hosts_read_it_over_networks_of_their_own()
    {
        var host = new HostOptions { ModelBytes = ModelBytes, ModelFrom = HostOptions.FromNetwork, NetworkBytesPerSecond = 6e8 };
        Assert.That(ReadyAt(host, perHost: 1), Is.EqualTo(Enumerable.Repeat(ThereAt + 4 + OverTheLink, 3)).Within(1e-5));
    }

    [Test]
    public void A_host_that_has_read_it_moves_it_over_the_link_only()
    {
        var host = new HostOptions { ModelBytes = ModelBytes, DiskBytesPerSecond = 2e8 };
        var late = Scaling with
        {
            Schedule = [new ScheduledSize(TimeSpan.Zero, 1), new ScheduledSize(TimeSpan.FromSeconds(20), 2), new ScheduledSize(TimeSpan.FromSeconds(80), 4)],
        };
        Assert.That(
            ReadyAt(host, perHost: 4, late),
            Is.EqualTo(new[] { ThereAt + 12 + OverTheLink, 90 + OverTheLink, 90 + OverTheLink }).Within(1e-5));
    }

    [Test]
    public void Without_a_size_it_takes_no_time() =>
        Assert.That(ReadyAt(new HostOptions(), perHost: 4), Is.EqualTo(Enumerable.Repeat(ThereAt, 3)).Within(1e-9));

    [Test]
    public void A_worker_that_is_lost_while_it_loads_fails_and_takes_no_request()
    {
        var changes = new Changes();
        var run = Simulation(new HostOptions { ModelBytes = ModelBytes, DiskBytesPerSecond = 2e8 }, perHost: 4, Scaling) with
        {
            Faults = [new LostWorker(Instant.FromSeconds(35), 2)],
        };
        var records = run.Run(changes).Serving.Records;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(changes.Of(2).Select(static change => change.State), Is.EqualTo(new[] { WorkerState.Provisioning, WorkerState.Loading, WorkerState.Failed }));
            Assert.That(records, Has.All.Matches<RequestRecord>(static record => record.Outcome == RequestOutcome.Completed && record.Attempts == 1));
        }
    }

    private static ScalingOptions Scaling => new()
    {
        Kind = "scheduled",
        Initial = 1,
        Interval = TimeSpan.FromSeconds(20),
        Provisioning = TimeSpan.FromSeconds(10),
        ModelLoad = TimeSpan.Zero,
        Schedule = [new ScheduledSize(TimeSpan.Zero, 1), new ScheduledSize(TimeSpan.FromSeconds(20), 4)],
    };

    private static double[] ReadyAt(HostOptions host, int perHost, ScalingOptions? scaling = null)
    {
        var changes = new Changes();
        Simulation(host, perHost, scaling ?? Scaling).Run(changes);
        return [.. Enumerable.Range(1, 3).Select(worker => changes.Of(worker).First(static change => change.State == WorkerState.Ready).At.TotalSeconds)];
    }

    private static Simulation Simulation(HostOptions host, int perHost, ScalingOptions scaling) =>
        TestWorkload.Simulation(TestWorkload.Poisson(200, 1, 5), 4, new PolicyOptions { Scaling = scaling }) with
        {
            Fleet = SimulatedFleet.Of(TestWorkload.Device, new TestCosts(), 4, perHost) with { Host = host },
        };

    private sealed class Changes : IRunObserver
    {
        private readonly List<(WorkerId Worker, WorkerState State, Instant At)> _changes = [];

        public IEnumerable<(WorkerState State, Instant At)> Of(int worker) =>
            _changes.Where(change => change.Worker.Value == worker).Select(static change => (change.State, change.At));

        public void WorkerChanged(WorkerId worker, WorkerState state, Instant now) => _changes.Add((worker, state, now));
    }
}
