using SimServe.Policies;
using SimServe.Simulator.Tests.Devices;
using SimServe.Simulator.Traces;

namespace SimServe.Simulator.Tests.Traces;

public sealed class TraceReplayTests
{
    private static readonly TraceRequest[] Trace = [.. Enumerable.Range(0, 10).Select(static number =>
        TraceSample.Request(100 + number, number * TimeSpan.TicksPerSecond) with { Template = number, MaskRatio = 0.5, Steps = number + 1 })];

    [Test]
    public void A_replay_is_the_trace()
    {
        var requests = Replay(new TraceReplayOptions());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(requests.Select(static request => request.ArrivesAt), Is.EqualTo(Trace.Select(static request => request.ArrivesAt)));
            Assert.That(requests.Select(static request => request.Template.Value), Is.EqualTo(Enumerable.Range(0, 10)));
            Assert.That(requests.Select(static request => request.Steps), Is.EqualTo(Enumerable.Range(1, 10)));
            Assert.That(requests.Select(static request => request.Seed), Is.EqualTo(Trace.Select(static request => request.Seed)));
            Assert.That(requests.Select(static request => request.Id.Value), Is.EqualTo(Enumerable.Range(0, 10)));
            Assert.That(requests.Select(static request => request.Mask.MaskedTokens), Is.All.EqualTo(TestWorkload.Grid.Count / 2));
        }
    }

    [Test]
    public void Scaling_stretches_arrivals_and_changes_nothing_else()
    {
        var (plain, scaled) = (Replay(new TraceReplayOptions()), Replay(new TraceReplayOptions { TimeScale = 0.25 }));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(scaled.Select(static request => request.ArrivesAt.Ticks * 4), Is.EqualTo(plain.Select(static request => request.ArrivesAt.Ticks)));
            Assert.That(scaled.Select(static request => request.Seed), Is.EqualTo(plain.Select(static request => request.Seed)));
        }
    }

    [Test]
    public void Images_have_the_sizes_that_the_trace_says()
    {
        TraceRequest[] trace = [.. Trace.Select(static request => request with { Size = request.Template % 2 == 0 ? new TraceSize(512, 256) : null })];
        var requests = new TraceReplay(new TraceReplayOptions(), TestWorkload.Grid).Build(trace, 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(requests.Where(static request => request.Template.Value % 2 == 0).Select(static request => request.Mask.Grid), Has.All.EqualTo(new TokenGrid(32, 16, 16)));
            Assert.That(requests.Where(static request => request.Template.Value % 2 == 1).Select(static request => request.Mask.Grid), Has.All.EqualTo(TestWorkload.Grid));
            Assert.That(requests.Select(static request => request.Mask.Ratio), Has.All.EqualTo(0.5));
            Assert.That(requests.Select(static request => TraceExport.Of(request).Size), Is.EqualTo(trace.Select(static request => request.Size ?? new TraceSize(256, 256))));
        }
    }

    [Test]
    public void A_request_without_a_size_has_its_templates()
    {
        TraceRequest[] trace = [Trace[0] with { Size = new TraceSize(512, 256) }, Trace[1] with { Template = Trace[0].Template, Size = null }];
        var requests = new TraceReplay(new TraceReplayOptions(), TestWorkload.Grid).Build(trace, 1);
        Assert.That(requests[1].Mask.Grid, Is.EqualTo(requests[0].Mask.Grid));
    }

    [TestCase(500, 256, "found an image of 500x256 pixels; allowed: multiples of 16")]
    [TestCase(512, 256, "found template 0 at 512x256 pixels; allowed: 256x256")]
    public void A_size_that_cannot_be_is_a_fault_of_its_request(int width, int height, string fault)
    {
        TraceRequest[] trace = [Trace[0] with { Size = width == 500 ? null : new TraceSize(256, 256) }, Trace[1] with { Template = width == 500 ? 5 : 0, Size = new TraceSize(width, height) }];
        Assert.That(
            () => new TraceReplay(new TraceReplayOptions(), TestWorkload.Grid).Build(trace, 1),
            Throws.TypeOf<InvalidDataException>().With.Message.StartWith("Request 101 of the trace").And.Message.Contain(fault));
    }

    [TestCase(3, 7, null, new[] { 3, 4, 5, 6 })]
    [TestCase(3, null, 2, new[] { 3, 4 })]
    [TestCase(0, null, 100, new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 })]
    [TestCase(20, null, null, new int[0])]
    public void A_cut_takes_its_requests_and_starts_at_its_own_start(int from, int? until, int? first, int[] templates)
    {
        var requests = Replay(new TraceReplayOptions
        {
            From = TimeSpan.FromSeconds(from),
            Until = until is { } end ? TimeSpan.FromSeconds(end) : null,
            First = first,
        });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(requests.Select(static request => request.Template.Value), Is.EqualTo(templates));
            Assert.That(requests.Select(static request => request.ArrivesAt.TotalSeconds), Is.EqualTo(templates.Select(template => (double)template - from)));
        }
    }

    [Test]
    public void Options_report_all_their_faults()
    {
        var options = new TraceReplayOptions { TimeScale = double.NaN, First = 0, Until = TimeSpan.Zero, Prompts = [] };
        Assert.That(
            () => new TraceReplay(options, TestWorkload.Grid),
            Throws.ArgumentException.With.Message.Contains("TimeScale").And.Message.Contains("First").And.Message.Contains("Until").And.Message.Contains("Prompts"));
    }

    private static Request[] Replay(TraceReplayOptions options) => new TraceReplay(options, TestWorkload.Grid).Build(Trace, runSeed: 1);
}
