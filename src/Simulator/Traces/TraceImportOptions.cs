using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Traces;

/// <summary>What fills the fields that an imported file lacks.</summary>
public sealed record TraceImportOptions
{
    /// <summary>Seed of everything that is drawn.</summary>
    /// <value>Default 0.</value>
    public long Seed { get; init; }

    /// <summary>Name of the distribution of mask ratios.</summary>
    /// <value>Default <c>production</c>; see <see cref="Workloads.MaskRatios.Parse"/> for the others.</value>
    public string MaskRatios { get; init; } = "production";

    /// <summary>Denoising steps.</summary>
    /// <value>At least 1, default 20.</value>
    public int Steps { get; init; } = 20;

    /// <summary>Number of templates.</summary>
    /// <value>At least 1, default 1.</value>
    public int Templates { get; init; } = 1;

    /// <summary>Zipf exponent of the templates' popularity.</summary>
    /// <value>Finite, at least 0, default 0.</value>
    public double TemplateZipfExponent { get; init; }

    /// <summary>Size of the images.</summary>
    /// <value>Default unknown.</value>
    public TraceSize? Size { get; init; }

    /// <summary>Rate of the arrivals of files without times, in requests/s.</summary>
    /// <value>Finite, greater than 0, default 1.</value>
    public double RequestsPerSecond { get; init; } = 1;

    /// <summary>How the arrivals of files without times are spread.</summary>
    /// <value>Default a Poisson process.</value>
    public ArrivalPattern Arrivals { get; init; } = new PoissonPattern();
}
