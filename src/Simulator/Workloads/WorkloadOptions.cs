namespace SimServe.Simulator.Workloads;

/// <summary>What a synthetic workload looks like.</summary>
public sealed record WorkloadOptions
{
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

    /// <summary>Denoising steps of every request.</summary>
    /// <value>At least 1, default 20.</value>
    public int Steps { get; init; } = 20;

    /// <summary>Number of templates that requests edit.</summary>
    /// <value>At least 1, default 1. The production trace has 970 (FlashPS, EuroSys '26).</value>
    public int Templates { get; init; } = 1;

    /// <summary>Exponent of Zipf's law for the popularity of templates; template 0 is the most popular.</summary>
    /// <value>Finite, at least 0; default 0: all are equally popular.</value>
    public double TemplateZipfExponent { get; init; }

    /// <summary>Prompts that requests choose from, all equally likely.</summary>
    /// <value>At least 1; default one generic prompt.</value>
    public IReadOnlyList<string> Prompts { get; init; } = ["a photo"];

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
        .. Fault(!(double.IsFinite(RequestsPerSecond) && RequestsPerSecond > 0), nameof(RequestsPerSecond), RequestsPerSecond, "a finite number greater than 0"),
        .. ArrivalFault(),
        .. MaskRatioFault(),
        .. Fault(Steps < 1, nameof(Steps), Steps, "at least 1"),
        .. Fault(Templates < 1, nameof(Templates), Templates, "at least 1"),
        .. Fault(!(double.IsFinite(TemplateZipfExponent) && TemplateZipfExponent >= 0), nameof(TemplateZipfExponent), TemplateZipfExponent, "a finite number of at least 0"),
        .. Fault(Prompts is null or [], nameof(Prompts), "empty", "at least one prompt"),
    ];

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

    private IEnumerable<string> MaskRatioFault()
    {
        try
        {
            Workloads.MaskRatios.Parse(MaskRatios);
            return [];
        }
        catch (ArgumentException fault)
        {
            return [$"{nameof(MaskRatios)}: {fault.Message}"];
        }
    }
}
