namespace SimServe.Simulator.Traces;

/// <summary>A list of mask ratios, one column <c>mask_ratio</c>, in the file's order.</summary>
/// <param name="options">What fills everything but mask ratios; arrivals are the pattern's.</param>
public sealed class MaskRatioImporter(TraceImportOptions options) : ITraceImporter
{
    /// <inheritdoc/>
    public IReadOnlyList<TraceRequest> Import(Stream stream, string file) => ImportedTable.Read(
        stream, file, ["mask_ratio"], hasNames: true, options,
        static (row, drawn) => drawn with { MaskRatio = row.Ratio(0) });
}
