namespace SimServe.Slimming.Selection;

/// <summary>The units of one group, as selections see them.</summary>
public sealed record UnitRows
{
    /// <summary>The group's name: for messages, and random streams.</summary>
    public required string Name { get; init; }

    /// <summary>Weights, [units x k] row by row; finite.</summary>
    public required ReadOnlyMemory<float> Values { get; init; }

    /// <summary>Units, at least 1.</summary>
    public required int Units { get; init; }

    /// <summary>Scales of the norm that follows, one for each unit, where there is such a norm.</summary>
    public IReadOnlyList<float>? Scales { get; init; }

    /// <summary>Weights of each unit.</summary>
    public int Columns => Values.Length / Units;

    /// <summary>Weights of one unit.</summary>
    /// <param name="unit">From 0.</param>
    public ReadOnlySpan<float> Row(int unit) => Values.Span.Slice(unit * Columns, Columns);
}
