using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Serving;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Replays;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests.AddOns;

/// <summary>Whole runs with add-ons under every policy: nobody is lost, and they repeat.</summary>
public sealed class AddOnRunTests
{
    private static IEnumerable<AddOnOptions> All => PolicyCatalogue.Loras.SelectMany(static loras => PolicyCatalogue.ControlNets.SelectMany(placement => Enum.GetValues<ControlMode>().Select(mode =>
        new AddOnOptions { Loras = loras, ControlNets = placement, ControlMode = mode, LoraBound = 3, LoraOvertaking = 4, ControlNetRecovery = ControlNetRecovery.Elsewhere })));

    private static IEnumerable<AddOnOptions> Prefetching => PolicyCatalogue.Loras.SelectMany(static loras => PolicyCatalogue.Prefetch.Select(prefetch =>
        new AddOnOptions { Loras = loras, Prefetch = prefetch, PrefetchHalfLife = TimeSpan.FromSeconds(1), LoraBound = 3 }));

    [TestCaseSource(nameof(All))]
    [TestCaseSource(nameof(Prefetching))]
    public void Every_request_ends_once_and_a_replay_decides_as_the_run_did(AddOnOptions addOns)
    {
        var recording = new RunRecording();
        var requests = TestWorkload.Impatient(Mixed(300, 2), 0.2, 0.1);
        var simulation = AddOnFixture.Simulation(requests, addOns, workers: 3, controlNetDevices: 3, controlNets: new ControlNetFleet { BytesPerSecond = 1e8, Latency = TimeSpan.FromMilliseconds(0.1), MaxBatch = 2 }) with
        {
            Faults = [new LostControlNetDevice(Instant.FromSeconds(0.5), 1), new LostWorker(Instant.FromSeconds(1), 2), new SlowWorker(Instant.FromSeconds(0.7), 0, TimeSpan.FromSeconds(0.5), 2)],
            Recording = recording,
        };
        var run = simulation.Run().Serving;
        var agreement = RunReplay.Compare(
            PolicyCatalogue.CreateSetup(simulation.Policies, simulation.Model, [.. simulation.Fleet.Workers.Select(static worker => worker.Costs)]),
            requests,
            recording,
            run,
            [.. simulation.Fleet.Workers.Select(static worker => (worker.Name, worker.Device))],
            controlNets: [.. simulation.Fleet.ControlNets.Devices.Select(static device => device.Name)]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Records.Select(static record => record.Request.Id.Value).Order(), Is.EqualTo(Enumerable.Range(0, 300)));
            Assert.That(run.Records.Count(static record => record.Outcome == RequestOutcome.Completed), Is.GreaterThan(100));
            Assert.That(run.Records.Count(static record => record.Outcome == RequestOutcome.Cancelled), Is.GreaterThan(5));
            Assert.That(agreement.Divergence, Is.Null);
            Assert.That(agreement.Share, Is.EqualTo(1));
            Assert.That(TestWorkload.Trace((simulation with { Recording = null }).Run().Serving), Is.EqualTo(TestWorkload.Trace(run)), "the same twice");
        }
    }

    // One in three without LoRAs, the others with one or two of six; up to two of four ControlNets.
    public static Request[] Mixed(int count, long seed)
    {
        var random = new RandomStream(seed, "mixed");
        var now = 0.0;
        return [.. Enumerable.Range(0, count).Select(id =>
        {
            now += random.NextDouble() * 40;
            int[] loras = [.. Enumerable.Range(0, random.Next(0, 3)).Select(_ => random.Next(0, 6)).Distinct()];
            int[] controlNets = [.. Enumerable.Range(0, random.Next(0, 3)).Select(_ => random.Next(0, 4)).Distinct()];
            return AddOnFixture.Request(id, now, controlNets, loras, random.Next(1, 12));
        })];
    }
}
