namespace SimServe.GpuBackend.Masking;

/// <summary>The rows that are recorded for one block at one step.</summary>
/// <param name="Format">How a row lies in memory.</param>
/// <param name="TextRows">Rows of text before those of image tokens.</param>
/// <param name="Rows">All of them.</param>
/// <param name="Offset">Where the first one lies in the memory of a step, bytes.</param>
internal sealed record RowSet(RowFormat Format, int TextRows, int Rows, long Offset)
{
    /// <summary>Bytes of them.</summary>
    public long Bytes => (long)Rows * Format.RowBytes;
}
