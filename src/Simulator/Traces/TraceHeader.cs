namespace SimServe.Simulator.Traces;

/// <summary>The first line of a trace file.</summary>
public sealed record TraceHeader
{
    /// <summary>Version of the schema: how the columns are named, ordered and meant.</summary>
    /// <value>1, the only one so far.</value>
    public int SchemaVersion { get; init; } = TraceFormat.SchemaVersion;

    /// <summary>Where the trace comes from and how it was made, for people; one line.</summary>
    public required string Provenance { get; init; }

    /// <summary>Units by column.</summary>
    /// <value>Those of <see cref="TraceFormat.Units"/>; a file with others is refused.</value>
    public IReadOnlyDictionary<string, string> Units { get; init; } = TraceFormat.Units;
}
