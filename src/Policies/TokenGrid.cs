namespace SimServe.Policies;

/// <summary>How an image is cut into image tokens.</summary>
/// <param name="Columns">Tokens per row, at least 1.</param>
/// <param name="Rows">Tokens per column, at least 1.</param>
/// <param name="PatchPixels">Edge of the square of pixels behind one token, at least 1.</param>
/// <remarks>Tokens are numbered row by row from the top left: token = row * Columns + column.</remarks>
public readonly record struct TokenGrid(int Columns, int Rows, int PatchPixels)
{
    /// <summary>Number of image tokens.</summary>
    public int Count => Columns * Rows;

    /// <summary>Image width in pixels.</summary>
    public int Width => Columns * PatchPixels;

    /// <summary>Image height in pixels.</summary>
    public int Height => Rows * PatchPixels;
}
