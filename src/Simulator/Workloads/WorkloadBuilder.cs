using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>Draws the requests of a run.</summary>
/// <remarks>
/// Every property has its own stream (arrivals, masks, templates, prompts, seeds; every mask's shape its own), and every request
/// takes one number from each (some arrival patterns more than one, from theirs): changing one option, or adding a property, changes no other property of any request, and a longer workload begins
/// with the shorter one. Policies that are compared on one seed are compared on the same requests.
/// </remarks>
public sealed class WorkloadBuilder
{
    private readonly WorkloadOptions _options;
    private readonly TokenGrid _grid;
    private readonly MaskRatioDistribution _ratios;
    private readonly ZipfPopularity _templates;

    /// <summary>Creates the builder.</summary>
    /// <param name="options">What the workload looks like.</param>
    /// <param name="grid">The model's grid of image tokens.</param>
    /// <exception cref="ArgumentException">Options are out of range; the message lists all faults.</exception>
    public WorkloadBuilder(WorkloadOptions options, TokenGrid grid)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _grid = grid;
        _ratios = MaskRatios.Parse(options.MaskRatios);
        _templates = new ZipfPopularity(options.Templates, options.TemplateZipfExponent);
    }

    /// <summary>Draws the requests, in order of arrival, numbered from 0.</summary>
    /// <param name="runSeed">The run's seed: the same seed gives the same requests.</param>
    public Request[] Build(long runSeed)
    {
        var streams = new WorkloadStreams(runSeed);
        var requests = new Request[_options.Requests];
        var arrivals = _options.Arrivals.Create(_options.RequestsPerSecond);
        var arrival = Instant.Start;
        for (var number = 0; number < requests.Length; number++)
        {
            arrival = arrivals.Next(arrival, streams.Arrivals);
            requests[number] = Draw(number, arrival, streams);
        }

        return requests;
    }

    private Request Draw(int number, Instant arrival, WorkloadStreams streams) => new()
    {
        Id = new RequestId(number),
        ArrivesAt = arrival,
        Template = new TemplateId(_templates.Sample(streams.Templates)),
        Mask = MaskShapes.Blob(_grid, _ratios.Sample(streams.Masks), streams.ShapeOf(number)),
        Steps = _options.Steps,
        Prompt = _options.Prompts[streams.Prompts.Next(_options.Prompts.Count)],
        Seed = streams.Seeds.NextInt64(),
    };
}
