using SimServe.Policies;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Traces;

/// <summary>Draws what a file lacks: one number per row from every stream, so that one option changes one field.</summary>
internal sealed class MissingValues
{
    private readonly TraceImportOptions _options;
    private readonly WorkloadStreams _streams;
    private readonly MaskRatioDistribution _ratios;
    private readonly ZipfPopularity _templates;
    private readonly IArrivalProcess _arrivals;
    private Instant _arrival;

    public MissingValues(TraceImportOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Steps, 1, "Steps");
        _options = options;
        _streams = new WorkloadStreams(options.Seed);
        _ratios = MaskRatios.Parse(options.MaskRatios);
        _templates = new ZipfPopularity(options.Templates, options.TemplateZipfExponent);
        _arrivals = options.Arrivals.Create(options.RequestsPerSecond);
    }

    /// <summary>The next row's request, all of it drawn; an importer replaces what its file knows.</summary>
    public TraceRequest Next(long row) => new()
    {
        Id = row,
        ArrivesAt = _arrival = _arrivals.Next(_arrival, _streams.Arrivals),
        Template = _templates.Sample(_streams.Templates),
        MaskRatio = _ratios.Sample(_streams.Masks),
        Steps = _options.Steps,
        Seed = _streams.Seeds.NextInt64(),
        Size = _options.Size,
    };
}
