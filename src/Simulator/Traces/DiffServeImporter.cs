using SimServe.Policies;

namespace SimServe.Simulator.Traces;

/// <summary>Arrivals of DiffServe's traces: lines <c>offset_ms,content_id</c> without names.</summary>
/// <param name="options">What fills everything but arrivals.</param>
/// <remarks>The published lines are not quite in order of time, so they are sorted. The content, a text prompt, is left out.</remarks>
public sealed class DiffServeImporter(TraceImportOptions options) : ITraceImporter
{
    /// <inheritdoc/>
    public IReadOnlyList<TraceRequest> Import(Stream stream, string file) => ImportedTable.Read(
        stream, file, ["offset_ms", "content_id"], hasNames: false, options,
        static (row, drawn) => drawn with { ArrivesAt = row.Time(0, TimeSpan.TicksPerMillisecond) ?? Instant.Start });
}
