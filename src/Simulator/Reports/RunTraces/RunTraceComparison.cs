namespace SimServe.Simulator.Reports.RunTraces;

/// <summary>Two traces of the same requests, compared: usually a simulated run and the real one.</summary>
public sealed class RunTraceComparison
{
    /// <summary>Compares two traces; requests are matched by number.</summary>
    /// <param name="first">The first, which the second is measured by.</param>
    /// <param name="second">The second.</param>
    public RunTraceComparison(RunTrace first, RunTrace second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        Requests = [.. first.Requests.Values.Where(request => second.Requests.ContainsKey(request.Number)).Select(request => new RequestDifference(request, second.Requests[request.Number]))];
        OnlyFirst = first.Requests.Count - Requests.Count;
        OnlySecond = second.Requests.Count - Requests.Count;
        Completed = [.. Requests.Where(static request => request is { First.Outcome: nameof(Policies.Serving.RequestOutcome.Completed), Second.Outcome: nameof(Policies.Serving.RequestOutcome.Completed) })];
        First = TraceTotals.Of(first, Completed.Select(static request => request.First));
        Second = TraceTotals.Of(second, Completed.Select(static request => request.Second));
        StepTimes = [.. StepTimesOf(first, second)];
    }

    /// <summary>Requests that both hold, by number.</summary>
    public IReadOnlyList<RequestDifference> Requests { get; }

    /// <summary>Those of them that completed in both.</summary>
    public IReadOnlyList<RequestDifference> Completed { get; }

    /// <summary>Requests that only the first holds.</summary>
    public int OnlyFirst { get; }

    /// <summary>Requests that only the second holds.</summary>
    public int OnlySecond { get; }

    /// <summary>What the first adds up to.</summary>
    public TraceTotals First { get; }

    /// <summary>What the second adds up to.</summary>
    public TraceTotals Second { get; }

    /// <summary>Step times by batch size, those that occur in either.</summary>
    public IReadOnlyList<StepTimes> StepTimes { get; }

    /// <summary>Mean over completed requests of |second - first| / first latency, or <c>null</c> where there are none.</summary>
    public double? MeanRelativeDifference => Completed.Count == 0
        ? null
        : Completed.Average(static request => request.First.LatencySeconds > 0 ? Math.Abs(request.LatencySeconds) / request.First.LatencySeconds : 0);

    /// <summary>The earliest arrival that ended on another worker, or <c>null</c>.</summary>
    public RequestDifference? FirstOnAnotherWorker => Requests.Where(static request => request.OnAnotherWorker).MinBy(static request => request.First.ArrivedSeconds);

    /// <summary>Requests whose latencies differ most, largest first.</summary>
    /// <param name="count">How many.</param>
    public IReadOnlyList<RequestDifference> Largest(int count) =>
        [.. Completed.OrderByDescending(static request => Math.Abs(request.LatencySeconds)).ThenBy(static request => request.First.Number).Take(count)];

    private static IEnumerable<StepTimes> StepTimesOf(RunTrace first, RunTrace second)
    {
        var (one, other) = (BySize(first), BySize(second));
        return one.Keys.Union(other.Keys).Order().Select(size =>
        {
            var (mine, others) = (one.GetValueOrDefault(size), other.GetValueOrDefault(size));
            return new StepTimes(size, mine.Steps, Mean(mine), others.Steps, Mean(others));
        });
    }

    private static Dictionary<int, (long Steps, double Seconds)> BySize(RunTrace trace) => trace.Batches
        .GroupBy(static batch => batch.Requests.Count)
        .ToDictionary(static batches => batches.Key, static batches => (batches.Sum(static batch => (long)batch.Steps), batches.Sum(static batch => batch.Seconds)));

    private static double? Mean((long Steps, double Seconds) times) => times.Steps == 0 ? null : times.Seconds / times.Steps;
}
