using System.Text.Json;
using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Reports.Runs;
using SimServe.Simulator.Reports.RunTraces;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests.Reports.RunTraces;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RunTraceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simserve-run-trace-");

    [Test]
    public void A_trace_is_read_back_as_the_run_was()
    {
        var (result, trace) = Run("one", "least-requests");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(trace.Requests.Keys, Is.EqualTo(result.Records.Select(static record => record.Request.Id.Value)));
            Assert.That(trace.Requests.Values.Select(static request => request.Worker), Is.EqualTo(result.Records.Select(static record => record.Worker!.Value.Value)));
            Assert.That(
                trace.Requests.Values.Select(static request => request.LatencySeconds),
                Is.EqualTo(result.Records.Select(static record => (record.FinishedAt - record.ArrivedAt).TotalSeconds)).Within(1e-6));
            Assert.That(trace.Batches, Has.Count.EqualTo(result.Segments.Count));
            Assert.That(trace.Batches.Sum(static batch => (long)batch.Steps * batch.Requests.Count), Is.EqualTo(60 * 8));
            Assert.That(trace.Batches.Sum(static batch => batch.BytesLoaded), Is.EqualTo(result.Segments.Sum(static segment => segment.BytesLoaded)));
            Assert.That(trace.LeftOut, Is.Zero);
        }
    }

    [Test]
    public void A_run_does_not_differ_from_itself()
    {
        var (_, trace) = Run("one", "least-requests");
        var comparison = new RunTraceComparison(trace, trace);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(comparison.Requests, Has.Count.EqualTo(60));
            Assert.That(comparison.MeanRelativeDifference, Is.Zero);
            Assert.That(comparison.FirstOnAnotherWorker, Is.Null);
            Assert.That(comparison.First, Is.EqualTo(comparison.Second));
            Assert.That(comparison.StepTimes.Select(static times => times.FirstSeconds), Is.EqualTo(comparison.StepTimes.Select(static times => times.SecondSeconds)));
        }
    }

    [Test]
    public void Two_routers_part_at_the_first_request_that_they_send_elsewhere()
    {
        var ((one, first), (other, second)) = (Run("one", "least-requests"), Run("other", "always-busiest"));
        var comparison = new RunTraceComparison(first, second);
        var parted = one.Records.Zip(other.Records).First(static pair => pair.First.Worker != pair.Second.Worker).First.Request.Id.Value;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(comparison.FirstOnAnotherWorker!.First.Number, Is.EqualTo(parted));
            Assert.That(comparison.Second.Latency.Mean, Is.GreaterThan(comparison.First.Latency.Mean));
            Assert.That(comparison.Largest(3).Select(static request => Math.Abs(request.LatencySeconds)), Is.Ordered.Descending);
            Assert.That(comparison.StepTimes.Sum(static times => times.FirstSteps), Is.EqualTo(comparison.First.Steps));
        }
    }

    [Test]
    public void An_overlay_holds_both_runs_of_every_worker()
    {
        var ((_, first), (_, second)) = (Run("one", "least-requests"), Run("other", "round-robin"));
        var path = Path.Combine(_folder.FullName, "overlay.json");
        TraceOverlay.Write(path, ("simulated", first), ("measured", second));
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        var events = document.RootElement.GetProperty("traceEvents").EnumerateArray().ToList();
        string Text(JsonElement item, string key) => item.GetProperty(key).GetString()!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(events.Count(item => Text(item, "ph") == "X" && item.GetProperty("tid").GetInt32() == 1), Is.EqualTo(first.Batches.Count));
            Assert.That(events.Count(item => Text(item, "ph") == "X" && item.GetProperty("tid").GetInt32() == 2), Is.EqualTo(second.Batches.Count));
            Assert.That(events.Where(item => Text(item, "name") == "thread_name").Select(static item => item.GetProperty("args").GetProperty("name").GetString()), Is.EquivalentTo(new[] { "simulated", "simulated", "measured", "measured" }));
            Assert.That(events.Count(item => Text(item, "ph") == "b"), Is.EqualTo(120));
            Assert.That(Directory.GetFiles(_folder.FullName), Is.EqualTo([path]));
        }
    }

    [TestCase("", "JSON")]
    [TestCase("[1]", "trace.json of a run")]
    [TestCase("""{"traceEvents":[]}""", "trace.json of a run")]
    [TestCase("""{"traceEvents":[{"ph":"X","name":"batch of 1"}],"otherData":{"eventsLeftOut":0}}""", "trace.json of a run")]
    public void Another_file_is_refused_by_name(string content, string fault)
    {
        var path = Path.Combine(_folder.FullName, "other.json");
        File.WriteAllText(path, content);
        Assert.That(() => RunTrace.Read(path), Throws.TypeOf<InvalidDataException>().With.Message.StartWith(path).And.Message.Contain(fault));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private (ServingResult Result, RunTrace Trace) Run(string name, string routing)
    {
        var folder = new RunFolder(Path.Combine(_folder.FullName, name));
        using var file = new TraceFile(folder);
        var result = TestWorkload.Simulation(TestWorkload.Poisson(60, 8, 3), policies: new PolicyOptions { MaxBatchSize = 4, Routing = routing }).Run(file).Serving;
        file.Complete();
        var trace = RunTrace.Read(Path.Combine(folder.Location, TraceFile.FileName));
        Directory.Delete(folder.Location, recursive: true);
        return (result, trace);
    }
}
