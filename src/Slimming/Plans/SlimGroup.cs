namespace SimServe.Slimming.Plans;

/// <summary>Units of a model that are kept or dropped one by one, with everything that must be cut along.</summary>
public sealed record SlimGroup
{
    // Widths are computed as products; a width of 3.0000000000000004 units is 3.
    private const double Slack = 1e-9;

    /// <summary>Path of the module whose units they are, e.g. <c>down_blocks.0.resnets.1.conv1</c>; no two groups of a model share one.</summary>
    public required string Name { get; init; }

    /// <summary>What the units are.</summary>
    public required UnitKind Kind { get; init; }

    /// <summary>How many there are, at least 1.</summary>
    public required int Units { get; init; }

    /// <summary>Widths are whole multiples of it, e.g. of a norm's groups, or all units.</summary>
    /// <value>Default: 1.</value>
    public int Multiple { get; init; } = 1;

    /// <summary>The fewest units that may stay, at least 1.</summary>
    /// <value>Default: 1.</value>
    public int Minimum { get; init; } = 1;

    /// <summary>Whether all units stay, whatever a strategy says.</summary>
    /// <value>Default: <c>false</c>.</value>
    public bool IsProtected { get; init; }

    /// <summary>Place in the model, from its input on.</summary>
    public int Depth { get; init; }

    /// <summary>Paths of the modules that are cut along: norms, projections of the time step, inputs of the next layer.</summary>
    /// <value>Default: none.</value>
    public IReadOnlyList<string> Tied { get; init; } = [];

    /// <summary>The fewest units that are allowed: the minimum, rounded up; all of them in a protected group.</summary>
    public int Floor => IsProtected ? Units : Rounded(Minimum);

    /// <summary>The least allowed width that is not below a wanted one; all units where there is none.</summary>
    /// <param name="wanted">Units, not negative; need not be whole.</param>
    public int Width(double wanted) => Math.Max(Floor, Rounded(wanted));

    /// <summary>The next larger allowed width.</summary>
    /// <param name="width">An allowed width, less than all units.</param>
    public int NextWidth(int width) => Width(width + 1);

    /// <summary>Whether a width may be chosen.</summary>
    /// <param name="width">Units.</param>
    public bool Allows(int width) => width >= Floor && width <= Units && Width(width) == width;

    private int Rounded(double wanted) => (int)Math.Min(Units, Math.Max(1, Math.Ceiling((wanted - Slack) / Multiple)) * Multiple);
}
