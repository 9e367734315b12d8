using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Traces;

/// <summary>The requests of a trace one by one, as the trace is read.</summary>
internal sealed class ReplayedRequests : IRequestSource, IDisposable
{
    private readonly TraceReplayOptions _options;
    private readonly IEnumerator<TraceRequest> _trace;
    private readonly WorkloadStreams _streams;
    private readonly WorkloadMasks _masks;
    private readonly TraceSizes _sizes;
    private readonly DrawnPatience? _patience;
    private readonly WeightedChoice? _classes;
    private readonly ServiceClass[] _classNames;
    private readonly TraceNames _names = new();
    private int _number;

    public ReplayedRequests(TraceReplayOptions options, TokenGrid grid, IEnumerable<TraceRequest> trace, long runSeed)
    {
        (_options, _trace, _streams) = (options, trace.GetEnumerator(), new WorkloadStreams(runSeed));
        _masks = new WorkloadMasks(grid, options.MaskShapes);
        _sizes = new TraceSizes(grid, _masks);
        _patience = DrawnPatience.Of(options.Cancellation, runSeed);
        _classes = options.Classes.Count > 0 ? new WeightedChoice(options.Classes.Select(static share => share.Weight)) : null;
        _classNames = [.. options.Classes.Select(static share => share.ToClass())];
    }

    public bool TryNext(out Request request)
    {
        var found = _trace.MoveNext();
        request = found ? Convert(_trace.Current, _number++) : default;
        return found;
    }

    public bool TryFollow(in RequestRecord ended, out Request next)
    {
        next = default;
        return false;
    }

    public void Dispose() => _trace.Dispose();

    private Request Convert(TraceRequest request, int number) => new()
    {
        Id = new RequestId(number),
        ArrivesAt = Scale(request.ArrivesAt),
        Template = new TemplateId(request.Template),
        Mask = _masks.HasShapes ? _sizes.MasksOf(request).Blob(request.MaskRatio, _streams.ShapeOf(number)) : _sizes.MasksOf(request).OfSize(request.MaskRatio),
        Steps = request.Steps,
        Prompt = _options.Prompts[_streams.Prompts.Next(_options.Prompts.Count)],
        Seed = request.Seed,
        Class = _classes is null ? ServiceClass.Default : _classNames[_classes.Sample(_streams.Classes)],
        Tenant = _names.TenantOf(request),
        Adapters = _names.AdaptersOf(request),
        CancelsAt = _patience?.Next(Scale(request.ArrivesAt)),
    };

    /// <remarks>Unscaled times take no detour over floating point: they stay exact.</remarks>
    private Instant Scale(Instant arrival)
    {
        var since = arrival - (Instant.Start + _options.From);
        return Instant.Start + (_options.TimeScale == 1 ? since : since * _options.TimeScale);
    }
}
