namespace SimServe.GpuBackend.Models.Flux;

/// <summary>How the channels of an attention head are shared among the three coordinates of a token.</summary>
/// <param name="Index">Channels for the first coordinate (0 for every token of a single image), even.</param>
/// <param name="Row">Channels for the token's row, even.</param>
/// <param name="Column">Channels for the token's column, even.</param>
/// <remarks>FLUX.1 uses 16, 56, 56. Text tokens stand at (0, 0, 0).</remarks>
public readonly record struct RotaryAxes(int Index, int Row, int Column)
{
    /// <summary>All channels; must equal the width of one head.</summary>
    public int Sum => Index + Row + Column;
}
