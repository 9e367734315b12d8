using SimServe.Policies.Serving;
using SimServe.Simulator.Metrics.Sketches;

namespace SimServe.Simulator.Metrics.Stages;

// Latencies of completed requests, whole and by stage.
internal sealed class LatencyBook
{
    private const double Tail = 0.99;

    private readonly TickSketch[] _stages = Create(static () => new TickSketch());
    private readonly BucketCounts[] _without = Create(static () => new BucketCounts(TickSketch.Scale));
    private readonly StageTail _tail = new();
    private readonly TimeSpan[] _split = new TimeSpan[LatencyStages.Count];

    public TickSketch Latency { get; } = new();

    public TickSketch Queueing { get; } = new();

    public TickSketch StepTime { get; } = new();

    public TickSketch Stage(LatencyStage stage) => _stages[(int)stage];

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
        StepTime.Add((record.DenoisedAt!.Value - started) / Math.Max(1, record.Request.Steps));
        _tail.Add(index, _split);
        for (var i = 0; i < _split.Length; i++)
        {
            AddStage(i, latency, index);
        }

        return true;
    }

    // The stages by how much of p99 would go with them, the greatest first.
    public TailReport TailReport()
    {
        var p99 = Latency.Counts.Quantile(Tail);
        var (ticks, requests) = _tail.From(TickSketch.Scale.Index((long)p99));
        var sum = ticks.Sum();
        var causes = Enum.GetValues<LatencyStage>().Select(stage =>
        {
            var without = _without[(int)stage].Quantile(Tail);
            return new TailCause(
                LatencyStages.NameOf(stage), sum > 0 ? ticks[(int)stage] / sum : 0, without / TimeSpan.TicksPerSecond, (p99 - without) / TimeSpan.TicksPerSecond);
        });
        return new TailReport(requests, p99 / TimeSpan.TicksPerSecond, [.. causes.OrderByDescending(static cause => cause.Saved).ThenByDescending(static cause => cause.ShareOfTail)]);
    }

    private void AddStage(int stage, long latency, int index)
    {
        var ticks = _split[stage].Ticks;
        if (ticks == 0)
        {
            _stages[stage].AddZero();
            _without[stage].Add(index);
            return;
        }

        _stages[stage].Add(ticks, TickSketch.Scale.Index(ticks));
        _without[stage].Add(TickSketch.Scale.Index(latency - ticks));
    }

    private static T[] Create<T>(Func<T> create) => [.. Enumerable.Range(0, LatencyStages.Count).Select(_ => create())];
}
