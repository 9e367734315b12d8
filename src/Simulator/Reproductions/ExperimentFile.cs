namespace SimServe.Simulator.Reproductions;

/// <summary>An experiment of a paper as its file declares it.</summary>
public sealed record ExperimentFile
{
    /// <summary>Version of the file format.</summary>
    public const int CurrentSchema = 1;

    /// <summary>Its name on the command line, e.g. <c>instgenie</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What it is.</summary>
    public required string Title { get; init; }

    /// <summary>The paper.</summary>
    public required string Citation { get; init; }

    /// <summary>Greatest relative difference that counts as reproduced, above 0.</summary>
    public required double Tolerance { get; init; }

    /// <summary>The constants it computes with.</summary>
    public required ConstantBook Constants { get; init; }

    /// <summary>The rows, in the order in which they are shown; of different names.</summary>
    public required IReadOnlyList<RowDeclaration> Rows { get; init; }
}
