namespace SimServe.Simulator.Reproductions;

/// <summary>A row of an experiment as its file declares it: everything but what we get.</summary>
public sealed record RowDeclaration
{
    /// <summary>Its name, e.g. <c>fig9.sequential</c>; one of a kind within the experiment.</summary>
    public required string Id { get; init; }

    /// <summary>What it is, in words.</summary>
    public required string What { get; init; }

    /// <summary>Where the paper has it, e.g. <c>Fig. 9</c>; for our own rows what it belongs to.</summary>
    public required string Place { get; init; }

    /// <summary>Unit of both numbers, e.g. <c>s</c>; empty for a plain number.</summary>
    public required string Unit { get; init; }

    /// <summary>What kind of answer is expected.</summary>
    public required RowKind Kind { get; init; }

    /// <summary>The paper's number.</summary>
    /// <value><c>null</c>: it has none that could be compared.</value>
    public double? Target { get; init; }

    /// <summary>The constant that was fitted to this very number: the row then tests nothing but the fit.</summary>
    /// <value><c>null</c>: nothing was.</value>
    public string? FittedConstant { get; init; }

    /// <summary>Why the row cannot be had, or why ours differs.</summary>
    /// <value><c>null</c>: none is needed.</value>
    public MissReason? Reason { get; init; }
}
