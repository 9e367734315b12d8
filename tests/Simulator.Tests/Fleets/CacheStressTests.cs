using SimServe.Policies;
using SimServe.Policies.Admission;
using SimServe.Policies.Batching;
using SimServe.Policies.Caches;
using SimServe.Policies.Recovery;
using SimServe.Policies.Serving;
using SimServe.Simulator.Devices;
using SimServe.Simulator.Engine;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests.Fleets;

/// <summary>10,000 requests with random masks and templates join, leave, are turned away, give up, lose their workers, or are there still when the run is cut off, while templates come and go in every tier.</summary>
public sealed class CacheStressTests
{
    private const int Requests = 10_000;
    private const int Workers = 6;
    private const int Templates = 40;

    private static readonly long TemplateBytes = TestWorkload.Model.TemplateCacheBytes(8);

    private static IEnumerable<TestCaseData> Runs() =>
        from eviction in EvictionPolicies.Names
        from store in new[] { true, false }
        from inDevices in new[] { true, false }
        select new TestCaseData(eviction, store, inDevices).SetArgDisplayNames(eviction, store ? "store" : "no store", inDevices ? "in devices" : "in hosts");

    [TestCaseSource(nameof(Runs))]
    public void Nothing_is_lost_and_no_step_runs_without_its_members_templates(string eviction, bool store, bool inDevices)
    {
        var requests = Workload();
        var simulation = TestWorkload.Simulation(requests, Workers, new PolicyOptions
        {
            MaxBatchSize = 6,
            Routing = "template-affinity",
            Admission = new AdmissionOptions { Kind = TokenBucket.Name, RatePerSecond = 7, Burst = 30 },
            Recovery = new RecoveryOptions { Kind = ResumeFromCheckpoint.Name, CheckpointSteps = 2 },
        }) with
        {
            WarmTemplates = store,
            Fleet = Fleet(eviction, store, inDevices),
            CutOff = requests[^20].ArrivesAt,
            Faults =
            [
                new LostWorker(requests[Requests / 4].ArrivesAt, 1),
                new SlowWorker(requests[Requests / 3].ArrivesAt, 2, TimeSpan.FromSeconds(5), 3),
                new SpotPreemption(requests[Requests / 2].ArrivesAt, 4, TimeSpan.FromSeconds(1)),
                new LinkBrownout(requests[2 * Requests / 3].ArrivesAt, 3, TimeSpan.FromSeconds(9), 0.2),
            ],
        };
        var (records, caches, steps) = Run(simulation);
        var ended = records.GroupBy(static record => record.Outcome).ToDictionary(static group => group.Key, static group => group.Count());
        TestContext.Out.WriteLine($"{string.Join(", ", ended.Select(static pair => $"{pair.Value} {pair.Key}"))}; {steps} calls checked; {caches}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(records.Select(static record => record.Request.Id.Value).Order(), Is.EqualTo(Enumerable.Range(0, records.Count)), "each arrived once and ended once");
            Assert.That(records, Has.Count.GreaterThan(Requests - 25));
            Assert.That(ended.Keys, Is.SupersetOf(new[] { RequestOutcome.Completed, RequestOutcome.Rejected, RequestOutcome.RunningAtEnd, RequestOutcome.Cancelled }));
            Assert.That(ended[RequestOutcome.Completed], Is.GreaterThan(Requests / 2));
            Assert.That(ended[RequestOutcome.Cancelled], Is.GreaterThan(Requests / 50));
            Assert.That(new[] { caches.HostEvictions, caches.DiskFetches, store ? caches.StoreFetches : caches.Recordings }, Has.All.Positive);
            Assert.That(store ? caches.Recordings : caches.StoreFetches, Is.Zero);
        }
    }

    private static (List<RequestRecord> Records, TemplateCacheUse Caches, int Steps) Run(Simulation simulation)
    {
        var calendar = new EventCalendar();
        var machines = new SimulatedMachines(simulation, calendar);
        CheckedDevice[] devices = [.. machines.Devices.Select(static device => new CheckedDevice(device))];
        var setup = PolicyCatalogue.CreateSetup(simulation.Policies, simulation.Model, [.. simulation.Fleet.Workers.Select(static worker => worker.Costs)]) with
        {
            CutOff = simulation.CutOff,
            Notices = Fault.Notices(simulation.Faults),
        };
        var ends = new Ends();
        var run = ServingLoop.Create(setup, new VirtualClock(calendar), devices, ends, null).Run(new ListedRequests(simulation.Requests));
        while (!run.IsCompleted && calendar.HandleNext())
        {
        }

        Assert.That(run.IsCompleted, "the run came to its end");
        return (ends.Records, machines.CacheUse()!, devices.Sum(static device => device.Checked));
    }

    private static SimulatedFleet Fleet(string eviction, bool store, bool inDevices) => SimulatedFleet.Of(TestWorkload.Device, new TestCosts(), Workers, perHost: 3) with
    {
        Host = new HostOptions
        {
            Eviction = eviction,
            MemoryBytes = 6 * TemplateBytes,
            DiskBytes = 9 * TemplateBytes,
            DiskBytesPerSecond = 100 * TemplateBytes,
            CacheHosts = store ? 2 : 0,
            CacheHostBytesPerSecond = store ? 40 * TemplateBytes : null,
            DeviceCacheBytes = inDevices ? 2 * TemplateBytes : 0,
        },
    };

    private static Request[] Workload()
    {
        var random = new RandomStream(5, "stress");
        var at = 0.0;
        return [.. Enumerable.Range(0, Requests).Select(number => new Request
        {
            Id = new RequestId(number),
            ArrivesAt = Instant.FromSeconds(at += -Math.Log(1 - random.NextDouble()) / 8),
            Template = new TemplateId((int)(Templates * Math.Pow(random.NextDouble(), 3))),
            Mask = EditMask.FromTokens(TestWorkload.Grid, [.. Enumerable.Range(0, random.Next(1, 250))]),
            Steps = 8,
            Prompt = "",
            Seed = number,
            CancelsAt = random.NextDouble() < 0.1 ? Instant.FromSeconds(at + (0.6 * random.NextDouble())) : null,
        })];
    }

    private sealed class Ends : IRunObserver
    {
        public List<RequestRecord> Records { get; } = [];

        public void Finished(in RequestRecord record) => Records.Add(record);
    }

    // Looks whether every member's template is there when steps begin, and still when they end.
    private sealed class CheckedDevice(SimulatedDevice device) : IDevice
    {
        public int Checked { get; private set; }

        public string Name => device.Name;

        public DeviceSpec Spec => device.Spec;

        public Pending<DeviceReport> LoadModel() => device.LoadModel();

        public bool Holds(TemplateId template) => device.Holds(template);

        public bool IsResident(TemplateId template) => device.IsResident(template);

        public int MissingAdapters(AdapterSet adapters) => device.MissingAdapters(adapters);

        public void Prefetch(in Request request) => device.Prefetch(request);

        public bool Lacks(in Request request, out StallCause cause) => device.Lacks(request, out cause);

        public Pending<DeviceReport> Stage(in Request request, StallCause cause) => device.Stage(request, cause);

        public void Unstage(TemplateId template) => device.Unstage(template);

        public void Release(in Request request, bool isDenoised) => device.Release(request, isDenoised);

        public void Forget(in Request request) => device.Forget(request);

        public Pending<DeviceReport> Encode(in Request request, int fromStep, PrePostPlace place) => device.Encode(request, fromStep, place);

        public async Pending<DeviceReport> Denoise(StepPlan plan, int maxSteps, StepBoundary boundary)
        {
            var templates = plan.Members.Select(static member => member.Template).Distinct().ToArray();
            Check(templates);
            var report = await device.Denoise(plan, maxSteps, boundary);
            if (report.Fault is null)
            {
                Check(templates);
            }

            return report;
        }

        public Pending<DeviceReport> Decode(in Request request, PrePostPlace place) => device.Decode(request, place);

        private void Check(TemplateId[] templates)
        {
            Checked++;
            foreach (var template in templates)
            {
                if (!device.Holds(template))
                {
                    throw new InvalidOperationException($"{Name} runs a step of template {template}, which is not there.");
                }
            }
        }
    }
}
