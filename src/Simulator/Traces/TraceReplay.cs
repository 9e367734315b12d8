using SimServe.Policies;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Traces;

/// <summary>Requests of a run from a trace.</summary>
/// <remarks>
/// What the trace holds is replayed as it is; the shape of a mask and the prompt, which it does not hold, are drawn from the streams that
/// <see cref="WorkloadBuilder"/> draws them from. Size, adapters and tenant have no place in a <see cref="Request"/> and are left out.
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
    /// <param name="runSeed">The run's seed, for the shapes of masks and the prompts.</param>
    public Request[] Build(IEnumerable<TraceRequest> trace, long runSeed)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var streams = new WorkloadStreams(runSeed);
        return [.. Cut(trace).Select((request, number) => Convert(request, number, streams))];
    }

    private IEnumerable<TraceRequest> Cut(IEnumerable<TraceRequest> trace)
    {
        var from = Instant.Start + _options.From;
        var window = trace.SkipWhile(request => request.ArrivesAt < from);
        var ended = _options.Until is { } until ? window.TakeWhile(request => request.ArrivesAt < Instant.Start + until) : window;
        return _options.First is { } first ? ended.Take(first) : ended;
    }

    private Request Convert(TraceRequest request, int number, WorkloadStreams streams) => new()
    {
        Id = new RequestId(number),
        ArrivesAt = Scale(request.ArrivesAt),
        Template = new TemplateId(request.Template),
        Mask = MaskShapes.Blob(_grid, request.MaskRatio, streams.ShapeOf(number)),
        Steps = request.Steps,
        Prompt = _options.Prompts[streams.Prompts.Next(_options.Prompts.Count)],
        Seed = request.Seed,
    };

    /// <remarks>Unscaled times take no detour over floating point: they stay exact.</remarks>
    private Instant Scale(Instant arrival)
    {
        var since = arrival - (Instant.Start + _options.From);
        return Instant.Start + (_options.TimeScale == 1 ? since : since * _options.TimeScale);
    }
}
