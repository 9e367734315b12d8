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
