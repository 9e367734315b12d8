using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Traces;

/// <summary>Requests of a run from a trace.</summary>
/// <remarks>
/// What the trace holds is replayed as it is; the shape of a mask, the prompt, the service class and the user's patience, which it does not hold, are drawn from the streams
/// that <see cref="WorkloadBuilder"/> draws them from. Adapters and tenants are numbered in the order in which they appear. A request without a size has its
/// template's, or the model's own.
/// </remarks>
public sealed class TraceReplay
{
    private readonly TraceReplayOptions _options;
    private readonly TokenGrid _grid;

    /// <summary>Creates the replay.</summary>
    /// <param name="options">Which part of a trace is replayed, and how fast.</param>
    /// <param name="grid">The model's grid of image tokens.</param>
    /// <exception cref="ArgumentException">Options are out of range; the message lists all faults.</exception>
    public TraceReplay(TraceReplayOptions options, TokenGrid grid)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _grid = grid;
    }

    /// <summary>The requests, in order of arrival, numbered anew from 0.</summary>
    /// <param name="trace">A trace in order of arrival, read no further than its last replayed request and the one after it.</param>
    /// <param name="runSeed">The run's seed, for what is drawn.</param>
    public Request[] Build(IEnumerable<TraceRequest> trace, long runSeed)
    {
        var requests = new List<Request>();
        var source = Stream(trace, runSeed);
        while (source.TryNext(out var request))
        {
            requests.Add(request);
        }

        return [.. requests];
    }

    /// <summary>The requests one by one, the same as <see cref="Build"/> gives; the trace is read as they are asked for.</summary>
    /// <param name="trace">As for <see cref="Build"/>.</param>
    /// <param name="runSeed">As for <see cref="Build"/>.</param>
    /// <returns>A source for one run. What reading the trace throws, asking it for a request throws.</returns>
    public IRequestSource Stream(IEnumerable<TraceRequest> trace, long runSeed)
    {
        ArgumentNullException.ThrowIfNull(trace);
        return new ReplayedRequests(_options, _grid, Cut(trace), runSeed);
    }

    private IEnumerable<TraceRequest> Cut(IEnumerable<TraceRequest> trace)
    {
        var from = Instant.Start + _options.From;
        var window = trace.SkipWhile(request => request.ArrivesAt < from);
        var ended = _options.Until is { } until ? window.TakeWhile(request => request.ArrivesAt < Instant.Start + until) : window;
        return _options.First is { } first ? ended.Take(first) : ended;
    }
}
