using System.Collections.Concurrent;
using SimServe.Policies;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Planning;

/// <summary>The requests of every replication: the same for every fleet (common random numbers).</summary>
/// <remarks>
/// Arrivals, mask sizes and templates are those that <see cref="WorkloadBuilder"/> draws from the same seed. Masks have no shape of their own: times depend
/// on how many tokens are masked, not on which, and growing shapes takes longer than serving them here.
/// </remarks>
internal sealed class PlanWorkload
{
    private readonly WorkloadOptions _options;
    private readonly TokenGrid _grid;
    private readonly int _seed;
    private readonly MaskRatioDistribution _ratios;
    private readonly RequestBounds? _bounds;
    private readonly ZipfPopularity _templates;
    private readonly ConcurrentDictionary<int, Lazy<Request[]>> _replications = new();
    private readonly ConcurrentDictionary<int, EditMask> _masks = new();
    private readonly ConcurrentDictionary<int, ServiceClass> _classes = new();

    // Bounds: what requests are promised, so that policies may look at deadlines; null for nothing.
    public PlanWorkload(WorkloadOptions options, TokenGrid grid, int seed, RequestBounds? bounds = null)
    {
        options.Validate();
        (_options, _grid, _seed, _bounds) = (options, grid, seed, bounds);
        _ratios = MaskRatios.Parse(options.MaskRatios);
        _templates = new ZipfPopularity(options.Templates, options.TemplateZipfExponent);
    }

    // At another load the same requests arrive, as the workload's arrivals at that rate would have it.
    public Request[] Of(int replication, double loadFactor)
    {
        var requests = _replications.GetOrAdd(replication, number => new Lazy<Request[]>(() => Draw(SeedOf(number)))).Value;
        return loadFactor == 1 ? requests : Retime(requests, SeedOf(replication), loadFactor);
    }

    public int SeedOf(int replication) => new RandomStream(_seed, $"replication {replication}").Next();

    private Request[] Draw(int seed)
    {
        var (streams, arrivals, arrival) = (new WorkloadStreams(seed), _options.Arrivals.Create(_options.RequestsPerSecond), Instant.Start);
        var requests = new Request[_options.Requests];
        for (var number = 0; number < requests.Length; number++)
        {
            arrival = arrivals.Next(arrival, streams.Arrivals);
            var drawn = new Request
            {
                Id = new RequestId(number),
                ArrivesAt = arrival,
                Template = new TemplateId(_templates.Sample(streams.Templates)),
                Mask = _masks.GetOrAdd(MaskShapes.TokensFor(_ratios.Sample(streams.Masks), _grid), MaskOf),
                Steps = _options.Steps,
                Prompt = _options.Prompts[0],
                Seed = number,
            };
            requests[number] = drawn with { Class = ClassOf(drawn) };
        }

        return requests;
    }

    // Steps are the same for all: what a request is promised depends on its mask alone.
    private ServiceClass ClassOf(Request request) => _bounds is null ? ServiceClass.Default : _classes.GetOrAdd(
        request.Mask.MaskedTokens, _ => _bounds.Of(request) is var seconds && double.IsFinite(seconds) ? new ServiceClass("planned", 0, Duration.FromSeconds(seconds)) : ServiceClass.Default);

    private EditMask MaskOf(int tokens) => EditMask.FromTokens(_grid, [.. Enumerable.Range(0, tokens)]);

    private Request[] Retime(Request[] requests, int seed, double loadFactor)
    {
        var (process, random) = (_options.Arrivals.Create(_options.RequestsPerSecond * loadFactor), new RandomStream(seed, PoissonArrivals.Stream));
        var (retimed, arrival) = (new Request[requests.Length], Instant.Start);
        for (var i = 0; i < retimed.Length; i++)
        {
            arrival = process.Next(arrival, random);
            retimed[i] = requests[i] with { ArrivesAt = arrival };
        }

        return retimed;
    }
}
