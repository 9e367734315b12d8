namespace SimServe.Simulator.Traces;

/// <summary>Arrivals of the Azure LLM inference traces: <c>TIMESTAMP,ContextTokens,GeneratedTokens</c>, of which tokens are left out.</summary>
/// <param name="options">What fills everything but arrivals.</param>
public sealed class AzureLlmImporter(TraceImportOptions options) : ITraceImporter
{
    /// <inheritdoc/>
    public IReadOnlyList<TraceRequest> Import(Stream stream, string file)
    {
        var arrivals = new DatedArrivals("yyyy-MM-dd HH:mm:ss.FFFFFFF");
        return ImportedTable.Read(
            stream, file, ["TIMESTAMP", "ContextTokens", "GeneratedTokens"], hasNames: true, options,
            (row, drawn) => drawn with { ArrivesAt = arrivals.Read(row, 0) });
    }
}
