using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Traces;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Traces;

public sealed class TraceExportTests
{
    private static readonly TokenGrid Grid = new(16, 12, 8);

    private static readonly WorkloadOptions Options = new()
    {
        Requests = 500,
        RequestsPerSecond = 2,
        Templates = 20,
        StepChoices = [new StepChoice(20, 1), new StepChoice(50, 3)],
        Tenants = 5,
    };

    [Test]
    public void An_exported_workload_replays_as_itself()
    {
        var builder = new WorkloadBuilder(Options, Grid);
        var replayed = new TraceReplay(new TraceReplayOptions(), Grid).Build(TraceExport.Of(builder.Stream(3)), runSeed: 3);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(replayed.Select(Show), Is.EqualTo(builder.Build(3).Select(Show)));
            Assert.That(replayed.Select(static request => request.Tenant).Distinct().Count(), Is.EqualTo(5));
            Assert.That(TraceExport.Of(builder.Stream(3)).Select(static record => record.Size), Is.All.EqualTo(new TraceSize(128, 96)));
        }

        static string Show(Request request) =>
            $"{request.Id} {request.ArrivesAt.Ticks} {request.Template} {string.Join(',', request.Mask.Tokens(true))} {request.Steps} {request.Prompt} {request.Seed}";
    }

    [Test]
    public void Adapters_and_tenants_keep_who_is_the_same()
    {
        AdapterSet[] sets = [new([3], [17]), AdapterSet.None, new([], [17, 4]), new([3], [17])];
        Request[] requests = [.. sets.Select(static (set, number) => new Request
        {
            Id = new RequestId(number),
            ArrivesAt = Instant.FromSeconds(number),
            Template = new TemplateId(0),
            Mask = EditMask.OfSize(Grid, 5),
            Steps = 1,
            Prompt = "",
            Seed = 0,
            Adapters = set,
            Tenant = new TenantId(2 - (number % 3)),
        })];
        var records = TraceExport.Of(new ListedRequests(requests)).ToArray();
        var replayed = new TraceReplay(new TraceReplayOptions { MaskShapes = false }, Grid).Build(records, 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(records[0].ControlNets, Is.EqualTo(new[] { "controlnet-3" }));
            Assert.That(records[2].Loras, Is.EqualTo(new[] { "lora-4", "lora-17" }));
            Assert.That(records.Select(static record => record.Tenant), Is.EqualTo(new[] { "tenant-2", "tenant-1", "", "tenant-2" }));
            Assert.That(replayed.Select(static request => request.Adapters), Is.EqualTo(new[] { new AdapterSet([0], [0]), AdapterSet.None, new([], [0, 1]), new([0], [0]) }));
            Assert.That(replayed[3].Adapters, Is.SameAs(replayed[0].Adapters));
            Assert.That(replayed.Select(static request => request.Tenant.Value), Is.EqualTo(new[] { 0, 1, 2, 0 }));
        }
    }

    [Test]
    public void A_replay_reads_the_trace_as_it_is_asked()
    {
        var read = 0;
        var source = new TraceReplay(new TraceReplayOptions { MaskShapes = false }, Grid).Stream(Endless(), 1);
        for (var number = 0; number < 10; number++)
        {
            Assert.That(source.TryNext(out var request) && request.Id.Value == number);
        }

        Assert.That(read, Is.EqualTo(10));

        IEnumerable<TraceRequest> Endless()
        {
            while (true)
            {
                yield return TraceSample.Request(read, read++);
            }
        }
    }

    [Test]
    public void Classes_are_drawn_for_a_trace_that_has_none()
    {
        var options = new TraceReplayOptions { MaskShapes = false, Classes = [new ClassShare("paid", 1, 3), new ClassShare("free", 1)] };
        var requests = new TraceReplay(options, Grid).Build(Enumerable.Range(0, 100).Select(static number => TraceSample.Request(number, number)), 1);
        Assert.That(requests.Count(static request => request.Class == new ServiceClass("paid", 3)), Is.InRange(30, 70));
    }
}
