using SimServe.Policies.Serving;
using SimServe.Simulator.Metrics.Sketches;

namespace SimServe.Simulator.Metrics.Stages;

// Latencies of completed requests, whole and by stage.
internal sealed class LatencyBook
{
    private const double Tail = 0.99;

    private static readonly double[] BandEnds = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1];

    private readonly TickSketch[] _stages = Create(static () => new TickSketch());
    private readonly BucketCounts[] _without = Create(static () => new BucketCounts(TickSketch.Scale));
    private readonly long[] _zeros = new long[LatencyStages.Count];
    private readonly StageTail _tail = new();
    private readonly NumberCounts _interruptions = new();
    private readonly TimeSpan[] _split = new TimeSpan[LatencyStages.Count];

    public TickSketch Latency { get; } = new();

    public TickSketch Queueing { get; } = new();

    public TickSketch StepTime { get; } = new();

    public TickSketch Stage(LatencyStage stage)
    {
        _stages[(int)stage].AddZeros(_zeros[(int)stage]);
        _zeros[(int)stage] = 0;
        return _stages[(int)stage];
    }

    // False when the record's instants contradict each other: it is counted nowhere then.
    public bool TryAdd(in RequestRecord record)
    {
        if (!LatencyStages.TrySplit(record, _split) || record.StartedAt is not { } started || started < record.ArrivedAt || record.DenoisedAt < started)
        {
            return false;
        }

        var latency = (record.FinishedAt - record.ArrivedAt).Ticks;
        var index = TickSketch.Scale.Index(latency);
        Latency.Add(latency, index);
        Queueing.Add(started - record.ArrivedAt);
        _interruptions.Add(record.Interruptions, 1);
        StepTime.Add((record.DenoisedAt!.Value - started) / Math.Max(1, record.Request.Steps - record.SkippedSteps));
        _tail.Add(index, _split);
        for (var i = 0; i < _split.Length; i++)
        {
            AddStage(i, latency);
        }

        return true;
    }

    public Distribution Interruptions() => Distribution.OfCounts(_interruptions.Times);

    // The stages by how much of p99 would go with them, the greatest first.
    public TailReport TailReport()
    {
        var p99 = Latency.Counts.Quantile(Tail);
        var (ticks, requests) = _tail.From(TickSketch.Scale.Index((long)p99));
        var sum = ticks.Sum();
        var causes = Enum.GetValues<LatencyStage>().Select(stage =>
        {
            var without = Without((int)stage).Quantile(Tail);
            return new TailCause(
                LatencyStages.NameOf(stage), sum > 0 ? ticks[(int)stage] / sum : 0, without / TimeSpan.TicksPerSecond, (p99 - without) / TimeSpan.TicksPerSecond);
        });
        return new TailReport(requests, p99 / TimeSpan.TicksPerSecond, [.. causes.OrderByDescending(static cause => cause.Saved).ThenByDescending(static cause => cause.ShareOfTail)]);
    }

    // Where the time of fast and of slow requests goes.
    public IReadOnlyList<LatencyBand> Bands()
    {
        var (ticks, requests, below) = (new double[BandEnds.Length, LatencyStages.Count], new long[BandEnds.Length], 0L);
        foreach (var bucket in _tail.Buckets())
        {
            var middle = (below + (bucket.Requests / 2.0)) / Latency.Count;
            var band = Array.FindIndex(BandEnds, end => middle < end);
            requests[band] += bucket.Requests;
            below += bucket.Requests;
            for (var stage = 0; stage < LatencyStages.Count; stage++)
            {
                ticks[band, stage] += bucket.Ticks[stage];
            }
        }

        return
        [
            .. Enumerable.Range(0, BandEnds.Length).Where(band => requests[band] > 0).Select(band => new LatencyBand(
                band == 0 ? 0 : BandEnds[band - 1],
                BandEnds[band],
                requests[band],
                Enum.GetValues<LatencyStage>().ToDictionary(LatencyStages.NameOf, stage => ticks[band, (int)stage] / requests[band] / TimeSpan.TicksPerSecond))),
        ];
    }

    // Latencies as they would be without a stage; of those who spent no time in it, as they are.
    private BucketCounts Without(int stage)
    {
        var counts = new BucketCounts(TickSketch.Scale);
        counts.Add(_without[stage]);
        _tail.AddUntouched(stage, counts);
        return counts;
    }

    // Most requests spend no time at all in most stages: that is counted apart, without touching the stage's sketches.
    private void AddStage(int stage, long latency)
    {
        var ticks = _split[stage].Ticks;
        if (ticks == 0)
        {
            _zeros[stage]++;
            return;
        }

        _stages[stage].Add(ticks, TickSketch.Scale.Index(ticks));
        _without[stage].Add(TickSketch.Scale.Index(latency - ticks));
    }

    private static T[] Create<T>(Func<T> create) => [.. Enumerable.Range(0, LatencyStages.Count).Select(_ => create())];
}
