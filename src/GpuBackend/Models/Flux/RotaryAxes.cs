namespace SimServe.GpuBackend.Models.Flux;

/// <summary>How the channels of an attention head are shared among the three coordinates of a token.</summary>
/// <param name="Index">Channels for the first coordinate (0 for every token of a single image), even.</param>
/// <param name="Row">Channels for the token's row, even.</param>
/// <param name="Column">Channels for the token's column, even.</param>
/// <remarks>FLUX.1 uses 16, 56, 56. Text tokens stand at (0, 0, 0).</remarks>
public readonly record struct RotaryAxes(int Index, int Row, int Column)
{
    /// <inheritdoc/>
    public override string ToString() => $"[{Index}, {Row}, {Column}]";

    /// <summary>Whether the axes are even, not negative, and together as wide as a head.</summary>
    internal bool Fit(int headWidth) =>
        (Index | Row | Column) % 2 == 0 && Math.Min(Index, Math.Min(Row, Column)) >= 0 && (long)Index + Row + Column == headWidth;

    /// <summary>For messages.</summary>
    internal static string Allowed(string name, int headWidth) => $"even numbers of at least 0 that add up to {name} = {headWidth}";
}
