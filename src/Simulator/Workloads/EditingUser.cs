using SimServe.Policies;
using SimServe.Simulator.Workloads.Adapters;

namespace SimServe.Simulator.Workloads;

/// <summary>One user of a closed loop.</summary>
/// <remarks>
/// Draws from streams of its own, the same numbers for every edit: what a policy does to this user changes no draw of another, and none of this user's
/// own, only when they are made.
/// </remarks>
internal sealed class EditingUser
{
    private readonly ClosedLoopOptions _options;
    private readonly RequestPopulation _population;
    private readonly TemplateResolutions _resolutions;
    private readonly ListedAdapterSource? _listed;
    private readonly AdapterSource? _adapters;
    private readonly DrawnPatience? _patience;
    private readonly RandomStream _random;
    private readonly long _runSeed;
    private readonly int _number;
    private readonly int _class;
    private readonly TenantId _tenant;
    private TemplateId _template;
    private int _edits;

    public EditingUser(int number, WorkloadOptions options, RequestPopulation population, TemplateResolutions resolutions, long runSeed)
    {
        (_options, _population, _resolutions, _runSeed, _number) = (options.ClosedLoop!, population, resolutions, runSeed, number);
        _random = new RandomStream(runSeed, $"user:{number}");

        // What a user works with resembles what that user has worked with: a neighbourhood of one.
        _listed = options.ListedAdapters is { } listed ? new ListedAdapterSource(listed, new RandomStream(runSeed, $"user-adapters:{number}").NextInt64()) : null;
        _adapters = options.HasAdapters
            ? new AdapterSource(AdapterPopulations.Parse(options.Adapters), new RandomStream(runSeed, $"user-adapters:{number}").NextInt64())
            : null;
        _patience = DrawnPatience.Of(options.Cancellation, runSeed, $"user-{DrawnPatience.Stream}:{number}");
        _class = population.Class(_random);
        _tenant = population.Tenant(_random);
    }

    /// <summary>Whether the user has not left after the last session.</summary>
    public bool Stays => _options.SessionsPerUser is not { } sessions || _edits < (long)sessions * _options.EditsPerSession;

    /// <summary>How long the user thinks before the next edit; to be asked once before each.</summary>
    public TimeSpan Think(ThinkTimes times) => times.Next(_random);

    public Request Edit(RequestId id, Instant arrival)
    {
        ChooseTemplate();
        var mask = _population.Mask(_resolutions.Of(_template), _class, _random, _population.HasShapes ? Shape() : null);
        var request = new Request
        {
            Id = id,
            ArrivesAt = arrival,
            Template = _template,
            Mask = mask,
            Steps = _population.Steps(_random),
            Prompt = _population.Prompt(_random),
            Seed = _random.NextInt64(),
            Class = _population.ClassOf(_class),
            Tenant = _tenant,
            Adapters = _listed?.Next() ?? _adapters?.NextAt(0) ?? AdapterSet.None,
            CancelsAt = _patience?.Next(arrival),
        };
        _edits++;
        return request;
    }

    // Both numbers are drawn in any case, so that another probability changes no later draw.
    private void ChooseTemplate()
    {
        var returns = _random.NextDouble() < _options.SameTemplate;
        var other = _population.Template(_random);
        if (_edits % _options.EditsPerSession == 0 || !returns)
        {
            _template = other;
        }
    }

    private RandomStream Shape() => new(_runSeed, $"mask-shape:{_number}:{_edits}");
}
