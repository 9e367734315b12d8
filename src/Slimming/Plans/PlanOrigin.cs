namespace SimServe.Slimming.Plans;

/// <summary>What a plan says of itself besides its widths.</summary>
public sealed record PlanOrigin
{
    /// <summary>The model's name, e.g. <c>demo-sd/unet</c>.</summary>
    public required string ModelName { get; init; }

    /// <summary>Hash of the weights that the energies were measured on.</summary>
    public required string ModelIdentity { get; init; }

    /// <summary>What the energies were measured on.</summary>
    /// <value>Default: <see cref="EnergySource.Weights"/>.</value>
    public EnergySource EnergySource { get; init; }

    /// <summary>Which units of a group stay, a name of <see cref="Selection.SelectionCatalogue"/>.</summary>
    /// <value>Default: <c>l1</c>.</value>
    public string Selection { get; init; } = Slimming.Selection.NormSelection.L1;

    /// <summary>Seed of all that is random in the plan and its selection.</summary>
    /// <value>Default: 1.</value>
    public long Seed { get; init; } = 1;
}
