namespace SimServe.Slimming.Plans;

/// <summary>One group of a plan.</summary>
public sealed record PlannedGroup
{
    /// <summary>Path of the module whose units they are.</summary>
    public required string Name { get; init; }

    /// <summary>What the units are.</summary>
    public required UnitKind Kind { get; init; }

    /// <summary>Units before.</summary>
    public required int UnitsBefore { get; init; }

    /// <summary>Units after.</summary>
    public required int UnitsAfter { get; init; }

    /// <summary>Widths are whole multiples of it, or all units.</summary>
    public required int Multiple { get; init; }

    /// <summary>The fewest units that might have stayed.</summary>
    public required int Minimum { get; init; }

    /// <summary>Whether no unit could go.</summary>
    public required bool IsProtected { get; init; }

    /// <summary>Share of the variance that as many leading directions hold, to six decimals.</summary>
    public required double KeptVariance { get; init; }

    /// <summary>Units that would hold as much in a layer of this shape that has learned nothing (<see cref="Spectra.MarchenkoPastur"/>).</summary>
    public required int NullUnits { get; init; }

    /// <summary>Parameters that the units and what is cut along have before.</summary>
    public required long ParametersBefore { get; init; }

    /// <summary>Parameters after.</summary>
    public required long ParametersAfter { get; init; }

    /// <summary>MACs of a pass before.</summary>
    public required long MacsBefore { get; init; }

    /// <summary>MACs of a pass after.</summary>
    public required long MacsAfter { get; init; }

    /// <summary>Paths of the modules that are cut along.</summary>
    public required IReadOnlyList<string> Tied { get; init; }

    internal SlimGroup Group => new()
    {
        Name = Name, Kind = Kind, Units = UnitsBefore, Multiple = Multiple, Minimum = Minimum, IsProtected = IsProtected, Tied = Tied,
    };
}
