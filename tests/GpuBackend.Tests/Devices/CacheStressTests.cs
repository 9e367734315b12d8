using SimServe.GpuBackend.Caches;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Tests.Caches;
using SimServe.Policies;
using SimServe.Policies.Admission;
using SimServe.Policies.Batching;
using SimServe.Policies.Caches;
using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Recovery;
using SimServe.Policies.Routing;
using SimServe.Policies.Serving;

namespace SimServe.GpuBackend.Tests.Devices;

/// <summary>
/// Random masks, templates, joins, leaves, rejections, users who give up, lost workers, runs that are broken off, evictions and spoilt files, on real workers of a tiny model: nothing is lost, and nothing is
/// served from a wrong cache.
/// </summary>
public sealed class CacheStressTests : IDisposable
{
    private const int Steps = 2;
    private const int Pictures = 24;
    private const int Workers = 2;

    // So many come all but together at the end, after a pause: some of them wait when a run is broken off.
    private const int Last = 16;

    private static readonly FluxConfig Tiny = Small.Config with
    {
        Name = "flux-tiny",
        Grid = new TokenGrid(4, 4, 4),
        TextTokens = 2,
        Transformer = Small.Config.Transformer with { InChannels = 48, OutChannels = 48, DoubleBlocks = 1, SingleBlocks = 3, Heads = 1 },
    };

    private static readonly string[] Pipelines = [StrawmanPipeline.Name, OptimalPipeline.Name, GreedyPipeline.Name];

    private FluxModel _model = null!;
    private EditTemplate[] _templates = null!;
    private TemplateRecording[] _recordings = null!;
    private readonly RowHashes _hashes = new();
    private TemporaryFolder _folder = null!;

    [OneTimeSetUp]
    public void Record()
    {
        _model = new FluxModel(Tiny, 3);
        _templates = [.. Enumerable.Range(0, Pictures).Select(static number => new EditTemplate(Small.Noise(16, 16, number), $"picture {number}", number))];
        _recordings = [.. _templates.Select(template => new TemplateRecorder(_model).Record(template, Steps))];
        _folder = new TemporaryFolder();
    }

    public void Dispose()
    {
        Array.ForEach(_recordings, static recording => recording.Dispose());
        _model.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void A_thousand_requests_lose_nothing_and_read_no_wrong_cache() => Serve(runs: 5, requests: 200);

    /// <summary>Run it by its name: it takes a minute or two.</summary>
    [Test]
    [Explicit("a slow study")]
    [Category("Slow")]
    public void Ten_thousand_requests_lose_nothing_and_read_no_wrong_cache() => Serve(runs: 10, requests: 1_000);

    [Test]
    public void The_check_sees_a_row_of_another_template_and_fails_the_device()
    {
        var hashes = new RowHashes();
        hashes.Add(default, _recordings[0]);
        using var templates = new TemplateStore(_templates);

        // The recording of another template in this one's place.
        var other = new TemplateRecorder(_model).Record(_templates[1], Steps);
        hashes.Add(new TemplateId(1), other);
        templates.Add(default, other);
        var requests = Requests(1, 0).Select(static request => request with { Template = default, Mask = EditMask.FromTokens(Tiny.Grid, [3, 7]) }).ToArray();
        var served = Run(templates, [], hashes).Serve(Setup(StrawmanPipeline.Name, 0, cutOff: null), requests, null, CancellationToken.None);
        Assert.That(served.Serving.Faults[0].Reason, Does.Contain("wrong cache: (t0, 0, 1, 2) was given (t1, 0, 1, 2)"));
    }

    private void Serve(int runs, int requests)
    {
        var (ended, uses, seen) = (new Dictionary<RequestOutcome, int>(), new TemplateCacheUse(), 0);
        for (var run = 0; run < runs; run++)
        {
            var workload = Requests(requests, run);
            Spoil(run);
            var served = ServeOnce(run, workload, out var told);
            var records = served.Serving.Records;
            Assert.That(records.Select(static record => record.Request.Id.Value).Order(), Is.EqualTo(workload.Take(records.Count).Select(static request => request.Id.Value)), "each arrived once and ended once");
            foreach (var record in records)
            {
                ended[record.Outcome] = ended.GetValueOrDefault(record.Outcome) + 1;
            }

            Assert.That(records.Where(static record => record.Outcome == RequestOutcome.Failed).Select(static record => record.Failure), Has.None.Contains("wrong cache"));
            Assert.That(served.Serving.Faults.Select(static fault => fault.Reason), Has.All.Contains("as the scenario asks").Or.Empty);
            Assert.That(records.Where(static record => record.Outcome == RequestOutcome.Completed).Select(static record => record.Request.Id), Is.SubsetOf(served.Images.Keys));
            seen += CompareWithSolo(served, every: 23);
            uses = uses.Plus(served.Caches);
            TestContext.Out.WriteLine($"run {run}: {records.Count} arrived, {served.Caches}, told {told}");
        }

        TestContext.Out.WriteLine($"{string.Join(", ", ended.Select(static pair => $"{pair.Value} {pair.Key}"))}; {_hashes.Checked} rows and {seen} images checked; {uses}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ended.Keys, Is.SupersetOf(new[] { RequestOutcome.Completed, RequestOutcome.Rejected, RequestOutcome.QueuedAtEnd, RequestOutcome.Cancelled }), "the test means to mix ends");
            Assert.That(new[] { uses.HostEvictions, uses.DiskFetches, uses.StoreFetches, uses.Recordings, uses.RebuiltFiles, seen }, Has.All.Positive);
            Assert.That(ended[RequestOutcome.Completed], Is.GreaterThan(requests / 2), "the first run is not broken off");
            Assert.That(ended[RequestOutcome.Cancelled], Is.GreaterThan(runs * requests / 100));
            Assert.That(_hashes.Checked, Is.GreaterThan(20L * ended[RequestOutcome.Completed]));
        }
    }

    private RealRunResult ServeOnce(int run, Request[] workload, out int told)
    {
        var (messages, size) = (0, _recordings[0].Bytes);
        using var templates = new TemplateStore(_templates, new TemplateStoreOptions
        {
            MemoryBytes = ((run % 3) + 1) * 2 * size,
            DiskBytes = 7 * size,
            KeepsAll = run % 2 == 0,
            Eviction = EvictionPolicies.Names[run % EvictionPolicies.Names.Count],
            Prefetch = run % 4 != 3,
            Files = new TemplateFiles(_folder.Path, _model, Steps) { Memory = run % 2 == 0 ? HostMemory.Pageable : null },
            Recorded = _hashes.Add,
            Told = _ => Interlocked.Increment(ref messages),
        });

        // The second worker is lost halfway in every other run; every run but the first is broken off shortly before its last arrival.
        var half = workload[workload.Length / 2].ArrivesAt;
        Fault[] faults = run % 2 == 1 ? [new LostWorker(half, 1)] : [];
        var served = Run(templates, faults, _hashes).Serve(Setup(Pipelines[run % Pipelines.Length], run, run == 0 ? null : workload[^3].ArrivesAt), workload, null, CancellationToken.None);
        told = messages;
        return served;
    }

    // Between two runs some files are torn and others altered.
    private void Spoil(int run)
    {
        var random = new RandomStream(run, "spoilt files");
        foreach (var file in _folder.Files.Order().Where(_ => random.NextDouble() < 0.2))
        {
            var bytes = File.ReadAllBytes(file);
            bytes[random.Next(8 + BitConverter.ToInt32(bytes), bytes.Length)] ^= 1;
            File.WriteAllBytes(file, random.NextDouble() < 0.5 ? bytes : bytes[..random.Next(0, bytes.Length)]);
        }
    }

    // Alone and straight from a recording that went through no cache: other batches round differently, by one level at the most. Where the planner found that reuse does not pay the image is
    // full inference's; where it changed its mind between two steps it is neither's.
    private int CompareWithSolo(RealRunResult result, int every)
    {
        var seen = 0;
        foreach (var record in result.Serving.Records.Where(record => record.Outcome == RequestOutcome.Completed && record.Request.Id.Value % every == 0))
        {
            var request = record.Request;
            BlockMode[] modes = [.. result.Serving.Segments
                .Where(segment => segment.Steps > 0 && segment.Plan.Members.Any(member => member.Id == request.Id))
                .Select(static segment => segment.Plan.Modes[0] == BlockMode.Plain ? BlockMode.Plain : BlockMode.Cached).Distinct()];
            if (modes is not [var mode])
            {
                continue;
            }

            using var edit = new FluxEdit(_model, _recordings[request.Template.Value], request);
            while (!edit.IsFinished)
            {
                using var rows = new DirectTemplateRows([edit]);
                new StepExecutor(_model).Run([edit], [.. Enumerable.Repeat(mode, Tiny.Transformer.Blocks)], rows);
            }

            var (alone, served) = (edit.ToImage().Pixels.ToArray(), result.Images[request.Id].Pixels.ToArray());
            Assert.That(alone.Zip(served, static (one, other) => Math.Abs(one - other)).Max(), Is.LessThanOrEqualTo(1), $"{request.Id}");
            seen++;
        }

        return seen;
    }

    private static Request[] Requests(int count, int run)
    {
        var (random, patience) = (new RandomStream(run, "stress"), new RandomStream(run, "patience"));
        var at = 0.0;
        return [.. Enumerable.Range(0, count).Select(number => new Request
        {
            Id = new RequestId(number),
            ArrivesAt = Instant.FromSeconds(at += (random.NextDouble() * 0.016 * Pace(count - number)) + (count - number == Last ? 0.1 : 0)),

            // The lower numbers are popular.
            Template = new TemplateId((int)(Pictures * Math.Pow(random.NextDouble(), 2))),
            Mask = MaskOf(random),
            Steps = Steps,
            Prompt = $"edit {random.Next(0, 50)}",
            Seed = random.Next(0, 1_000_000),
            CancelsAt = patience.NextDouble() < 0.15 ? Instant.FromSeconds(at + (0.02 * patience.NextDouble())) : null,
        })];
    }

    private static double Pace(int left) => left < Last ? 1e-3 : 1;

    private static EditMask MaskOf(RandomStream random)
    {
        var ratio = random.NextDouble();
        int[] tokens = [.. Enumerable.Range(0, Tiny.Grid.Count).Where(_ => random.NextDouble() < ratio)];
        return EditMask.FromTokens(Tiny.Grid, tokens.Length == 0 ? [0] : tokens);
    }

    private static ServingSetup Setup(string pipeline, int seed, Instant? cutOff)
    {
        // Compute that takes long beside the loads in some runs and short in others: other plans.
        var costs = new StatedCosts(TimeSpan.FromMicroseconds(20 << (seed % 5)));
        return new ServingSetup
        {
            Routing = seed % 2 == 0 ? new RoundRobin() : new TemplateAffinity(new LoadBound()),
            Batching = [.. Enumerable.Range(0, Workers).Select(static _ => new ContinuousBatching(new ContinuousBatchingOptions { MaxBatchSize = 4 }))],
            Planners = [.. Enumerable.Range(0, Workers).Select(_ => new StepPlanner(Tiny.ToShape(), costs, PolicyCatalogue.CreatePipeline(pipeline)))],
            Admission = new TokenBucket(100, 20),
            Recovery = new RestartElsewhere(3),
            CutOff = cutOff,
        };
    }

    private RealRun Run(TemplateStore templates, IReadOnlyList<Fault> faults, RowHashes hashes) => new()
    {
        Model = _model,
        Templates = templates,
        Device = new DeviceSpec { Name = "cpu", PeakFlopsPerSecond = 1e10, LinkBytesPerSecond = 1e9 },
        Workers = Workers,
        Steps = Steps,
        Faults = faults,
        Rows = (batch, rows) => new CheckedRows(batch, rows, hashes),
    };

    private sealed class StatedCosts(TimeSpan block) : ICostModel
    {
        public TimeSpan Encode => TimeSpan.FromMilliseconds(1);

        public TimeSpan Decode => TimeSpan.FromMilliseconds(1);

        public TimeSpan Compute(BlockKind kind, in Work work) => block * work.Members;

        public TimeSpan Load(long bytes) => TimeSpan.FromMicroseconds(100);

        public TimeSpan StepOverhead(int members) => TimeSpan.FromMilliseconds(1);

        public TimeSpan Record(int steps) => TimeSpan.FromMilliseconds(20);
    }
}
