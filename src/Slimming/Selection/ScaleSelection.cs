namespace SimServe.Slimming.Selection;

/// <summary>Keeps the units that the norm behind them scales most.</summary>
/// <remarks>Source: Liu et al., "Learning efficient convolutional networks through network slimming" (ICCV 2017), there of batch norms.</remarks>
public sealed class ScaleSelection : IUnitSelection
{
    /// <summary>Its name in plans.</summary>
    public const string Key = "scale";

    /// <inheritdoc/>
    public string Name => Key;

    /// <inheritdoc/>
    public IReadOnlyList<int> Keep(UnitRows rows, int kept)
    {
        UnitScores.Check(rows, kept);
        if (rows.Scales is not { } scales || scales.Count != rows.Units)
        {
            throw new SlimmingException(rows.Name, $"it has {rows.Units} units and {rows.Scales?.Count ?? 0} scales of a norm behind them; '{Key}' needs one for each. Choose another selection.");
        }

        return scales.All(float.IsFinite)
            ? UnitScores.Best([.. scales.Select(static scale => (double)Math.Abs(scale))], kept)
            : throw new SlimmingException(rows.Name, "a scale of the norm behind it is not finite. The model's files or its training are broken.");
    }
}
