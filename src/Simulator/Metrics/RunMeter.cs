using System.Runtime.InteropServices;
using SimServe.Policies;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Metrics;

/// <summary>Works out <see cref="RunMetrics"/> while a run goes on, and keeps of each request two numbers only.</summary>
/// <remarks>
/// Runs that are simulated by the hundred need no records: keeping and sorting them takes a quarter of the time, and what it leaves to the garbage collector
/// stops every other thread.
/// </remarks>
public sealed class RunMeter : IRunObserver
{
    // What is expected may be "all of a trace".
    private const int MostExpected = 1 << 20;

    private readonly List<double> _latencies;
    private readonly List<double> _queueing;
    private readonly NumberCounts _batchSizes = new();
    private readonly NumberCounts _interruptions = new();
    private Instant? _firstArrival;
    private long _bytes;
    private int _requestSteps;
    private int _failed;
    private int _cancelled;
    private int _promised;
    private int _kept;

    /// <summary>Creates a meter.</summary>
    /// <param name="requests">About how many requests to expect, at least 0; any number may come.</param>
    public RunMeter(int requests = 0)
    {
        var room = Math.Min(requests, MostExpected);
        (_latencies, _queueing) = (new List<double>(room), new List<double>(room));
    }

    /// <inheritdoc/>
    public void Denoised(in BatchSegment segment)
    {
        var size = segment.BatchSize;
        _batchSizes.Add(size, segment.Steps);
        _bytes += segment.BytesLoaded;
        _requestSteps += segment.Steps * size;
    }

    /// <inheritdoc/>
    public void Finished(in RequestRecord record)
    {
        if (_firstArrival is not { } first || record.ArrivedAt < first)
        {
            _firstArrival = record.ArrivedAt;
        }

        var (completed, cancelled) = (record.Outcome == RequestOutcome.Completed, record.Outcome == RequestOutcome.Cancelled);
        if (completed)
        {
            _latencies.Add((record.FinishedAt - record.ArrivedAt).TotalSeconds);
            _interruptions.Add(record.Interruptions, 1);
            _queueing.Add((record.StartedAt!.Value - record.ArrivedAt).TotalSeconds);
        }
        else
        {
            _failed += cancelled ? 0 : 1;
            _cancelled += cancelled ? 1 : 0;
        }

        if (record.Request.Deadline is { } deadline && !(cancelled && record.FinishedAt <= deadline))
        {
            _promised++;
            _kept += completed && record.FinishedAt <= deadline ? 1 : 0;
        }
    }

    /// <summary>The numbers of the run.</summary>
    /// <param name="end">When its last request ended.</param>
    public RunMetrics Close(Instant end)
    {
        var makespan = _firstArrival is { } first ? (end - first).TotalSeconds : 0;
        return new RunMetrics
        {
            Latency = Distribution.Of(CollectionsMarshal.AsSpan(_latencies)),
            Queueing = Distribution.Of(CollectionsMarshal.AsSpan(_queueing)),
            Interruptions = Distribution.OfCounts(_interruptions.Times),
            BatchSize = Distribution.OfCounts(_batchSizes.Times),
            Throughput = makespan > 0 ? _latencies.Count / makespan : 0,
            CacheBytes = _bytes,
            RequestSteps = _requestSteps,
            Completed = _latencies.Count,
            Failed = _failed,
            Cancelled = _cancelled,
            Attainment = _promised == 0 ? null : (double)_kept / _promised,
            MakespanSeconds = makespan,
        };
    }
}
