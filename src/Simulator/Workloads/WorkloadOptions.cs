using SimServe.Simulator.Workloads.Adapters;

namespace SimServe.Simulator.Workloads;

/// <summary>What a synthetic workload looks like.</summary>
public sealed record WorkloadOptions
{
    internal bool HasAdapters => Adapters != AdapterPopulations.None;

    /// <summary>Adapters that are listed one by one, in place of a population's.</summary>
    /// <value><c>null</c>: those of <see cref="Adapters"/>.</value>
    public ListedAdapters? ListedAdapters { get; init; }

    /// <summary>Number of requests.</summary>
    /// <value>At least 1.</value>
    public required int Requests { get; init; }

    /// <summary>Arrival rate in requests/s: the mean, or what the multipliers of <see cref="Arrivals"/> multiply.</summary>
    /// <value>Finite, greater than 0.</value>
    public required double RequestsPerSecond { get; init; }

    /// <summary>How arrivals are spread over time.</summary>
    /// <value>Default: a Poisson process.</value>
    public ArrivalPattern Arrivals { get; init; } = new PoissonPattern();

    /// <summary>Name of the distribution of mask ratios.</summary>
    /// <value>Default <c>production</c>; see <see cref="Workloads.MaskRatios.Parse"/> for the others.</value>
    public string MaskRatios { get; init; } = "production";

    /// <summary>Whether masks get a shape: a blob. Without, only their size is drawn, which is enough unless images are made.</summary>
    /// <value>Default <c>true</c>.</value>
    public bool MaskShapes { get; init; } = true;

    /// <summary>Denoising steps of every request, unless <see cref="StepChoices"/> says otherwise.</summary>
    /// <value>At least 1, default 20.</value>
    public int Steps { get; init; } = 20;

    /// <summary>Numbers of steps that requests choose from.</summary>
    /// <value>Default none: all take <see cref="Steps"/>.</value>
    public IReadOnlyList<StepChoice> StepChoices { get; init; } = [];

    /// <summary>Sizes of images that templates choose from; an edit has its template's.</summary>
    /// <value>Default none: all have the model's own size. At most 255.</value>
    public IReadOnlyList<ResolutionChoice> Resolutions { get; init; } = [];

    /// <summary>Number of templates that requests edit.</summary>
    /// <value>At least 1, default 1. The production trace has 970 (FlashPS, EuroSys '26).</value>
    public int Templates { get; init; } = 1;

    /// <summary>Exponent of Zipf's law for the popularity of templates; template 0 is the most popular.</summary>
    /// <value>Finite, at least 0; default 0: all are equally popular.</value>
    public double TemplateZipfExponent { get; init; }

    /// <summary>Prompts that requests choose from, all equally likely.</summary>
    /// <value>At least 1; default one generic prompt.</value>
    public IReadOnlyList<string> Prompts { get; init; } = ["a photo"];

    /// <summary>Service classes of the requests.</summary>
    /// <value>Default none: all are of <see cref="Policies.ServiceClass.Default"/>. Names are unique.</value>
    public IReadOnlyList<ClassShare> Classes { get; init; } = [];

    /// <summary>Number of tenants that send requests.</summary>
    /// <value>At least 1, default 1.</value>
    public int Tenants { get; init; } = 1;

    /// <summary>Exponent of Zipf's law for how much tenants send; tenant 0 sends most.</summary>
    /// <value>Finite, at least 0; default 0: all send equally much.</value>
    public double TenantZipfExponent { get; init; }

    /// <summary>Name of the population of adapters.</summary>
    /// <value>Default <c>none</c>; see <see cref="AdapterPopulations.Names"/> for the others.</value>
    public string Adapters { get; init; } = AdapterPopulations.None;

    /// <summary>Number of neighbourhoods within which requests resemble earlier ones in their adapters; see <see cref="AdapterSource"/>. In a closed loop every user is one.</summary>
    /// <value>At least 1, default 1.</value>
    public int AdapterNeighbourhoods { get; init; } = 1;

    /// <summary>Users who send a request only after the answer to their last one; then rate and pattern of arrivals say nothing.</summary>
    /// <value>Default <c>null</c>: requests arrive whatever becomes of others.</value>
    public ClosedLoopOptions? ClosedLoop { get; init; }

    /// <summary>Users who give up.</summary>
    /// <value>Default <c>null</c>: every user waits, however long it takes.</value>
    public CancellationOptions? Cancellation { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">Some values are out of range; the message lists all of them.</exception>
    public void Validate()
    {
        string[] faults = [.. Faults()];
        if (faults.Length > 0)
        {
            throw new ArgumentException($"The workload is invalid: {string.Join(' ', faults)}");
        }
    }

    private IEnumerable<string> Faults() =>
    [
        .. Fault(Requests < 1, nameof(Requests), Requests, "at least 1"),
        .. Fault(!IsPositive(RequestsPerSecond), nameof(RequestsPerSecond), RequestsPerSecond, "a finite number greater than 0"),
        .. ArrivalFault(),
        .. MaskRatioFault(MaskRatios, nameof(MaskRatios)),
        .. Fault(Steps < 1, nameof(Steps), Steps, "at least 1"),
        .. Fault(Templates < 1, nameof(Templates), Templates, "at least 1"),
        .. Fault(!(double.IsFinite(TemplateZipfExponent) && TemplateZipfExponent >= 0), nameof(TemplateZipfExponent), TemplateZipfExponent, "a finite number of at least 0"),
        .. StepChoices.SelectMany(static choice => Fault(choice.Steps < 1 || !IsPositive(choice.Weight), nameof(StepChoices), choice, "steps of at least 1 and a finite weight greater than 0")),
        .. Resolutions.SelectMany(static choice => Fault(choice.Width < 1 || choice.Height < 1 || !IsPositive(choice.Weight), nameof(Resolutions), choice, "sides of at least 1 and a finite weight greater than 0")),
        .. Fault(Resolutions.Count > byte.MaxValue, nameof(Resolutions), $"a list of {Resolutions.Count}", $"of at most {byte.MaxValue}"),
        .. Classes.SelectMany(static share => Fault(!IsPositive(share.Weight), nameof(Classes), share, "of a finite weight greater than 0")),
        .. Classes.SelectMany(static share => Fault(share.ObjectiveSeconds is { } seconds && !IsPositive(seconds), nameof(Classes), share, "of a finite objective greater than 0")),
        .. Classes.SelectMany(static share => MaskRatioFault(share.Masks, $"{nameof(Classes)}, {share.Name}")),
        .. Fault(Classes.DistinctBy(static share => share.Name).Count() < Classes.Count, nameof(Classes), "a name twice", "unique by name"),
        .. Fault(Tenants < 1, nameof(Tenants), Tenants, "at least 1"),
        .. Fault(!(double.IsFinite(TenantZipfExponent) && TenantZipfExponent >= 0), nameof(TenantZipfExponent), TenantZipfExponent, "a finite number of at least 0"),
        .. Fault(!AdapterPopulations.Names.Contains(Adapters), nameof(Adapters), Adapters, string.Join(" or ", AdapterPopulations.Names)),
        .. Fault(AdapterNeighbourhoods < 1, nameof(AdapterNeighbourhoods), AdapterNeighbourhoods, "at least 1"),
        .. ClosedLoop?.Faults() ?? [],
        .. Cancellation?.Faults() ?? [],
        .. Fault(Prompts is null or [], nameof(Prompts), "empty", "at least one prompt"),
    ];

    private static bool IsPositive(double value) => double.IsFinite(value) && value > 0;

    private static IEnumerable<string> Fault(bool wrong, string name, object value, string range) =>
        wrong ? [$"{name} is {value} but must be {range}."] : [];

    private IEnumerable<string> ArrivalFault()
    {
        try
        {
            // At any good rate: a bad one is a fault of its own.
            Arrivals.Create(1);
            return [];
        }
        catch (ArgumentException fault)
        {
            return [$"{nameof(Arrivals)}: {fault.Message}"];
        }
    }

    private static IEnumerable<string> MaskRatioFault(string? name, string option)
    {
        try
        {
            _ = name is null ? null : Workloads.MaskRatios.Parse(name);
            return [];
        }
        catch (ArgumentException fault)
        {
            return [$"{option}: {fault.Message}"];
        }
    }
}
