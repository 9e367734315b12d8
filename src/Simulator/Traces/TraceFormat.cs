namespace SimServe.Simulator.Traces;

/// <summary>The names in a trace file.</summary>
public static class TraceFormat
{
    /// <summary>The version that is written, and the only one that is read.</summary>
    public const int SchemaVersion = 1;

    /// <summary>End of the name of files that are written as Parquet.</summary>
    public const string ParquetExtension = ".parquet";

    /// <summary>The key of a Parquet file's metadata that holds the header.</summary>
    public const string MetadataKey = "simserve.trace";

    internal const string Marker = "# ";

    /// <summary>The columns, in order.</summary>
    public static IReadOnlyList<string> Columns { get; } =
        ["id", "arrival", "template", "mask_ratio", "steps", "seed", "width", "height", "controlnets", "loras", "tenant"];

    /// <summary>Units by column; columns that are not listed have none.</summary>
    public static IReadOnlyDictionary<string, string> Units { get; } =
        new SortedDictionary<string, string>(StringComparer.Ordinal) { ["arrival"] = "s", ["height"] = "px", ["width"] = "px" };
}
