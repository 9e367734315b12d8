using SimServe.Simulator.Metrics.Sketches;

namespace SimServe.Simulator.Metrics.Series;

// What happened in one slice of time: areas are numbers times ticks.
internal sealed class Slice
{
    // 32 buckets an octave: a slice's percentiles are for plots, and there are a thousand slices.
    private static readonly BucketScale Coarse = new(5);

    public long Arrivals;
    public long Completions;
    public long WaitingArea;
    public long RunningArea;
    public long ServingArea;
    public long Busy;
    public long Steps;
    public long RequestSteps;
    public long Bytes;

    public BucketCounts Latencies { get; } = new(Coarse);

    public void Complete(long latency)
    {
        Completions++;
        Latencies.Add(Coarse.Index(latency));
    }

    public void Merge(Slice later)
    {
        Arrivals += later.Arrivals;
        Completions += later.Completions;
        WaitingArea += later.WaitingArea;
        RunningArea += later.RunningArea;
        ServingArea += later.ServingArea;
        Busy += later.Busy;
        Steps += later.Steps;
        RequestSteps += later.RequestSteps;
        Bytes += later.Bytes;
        Latencies.Add(later.Latencies);
    }

    public void Clear()
    {
        (Arrivals, Completions, WaitingArea, RunningArea, ServingArea, Busy, Steps, RequestSteps, Bytes) = (0, 0, 0, 0, 0, 0, 0, 0, 0);
        Latencies.Clear();
    }
}
