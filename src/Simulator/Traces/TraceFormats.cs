using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Traces.Katz;

namespace SimServe.Simulator.Traces;

/// <summary>The kinds of trace file that can be read, by name.</summary>
public static class TraceFormats
{
    /// <summary>Our own format, text or Parquet.</summary>
    public const string Own = "simserve";

    private static readonly Dictionary<string, Func<TraceImportOptions, ITraceImporter>> Importers = new(StringComparer.Ordinal)
    {
        ["diffserve"] = static options => new DiffServeImporter(options),
        ["azure-llm"] = static options => new AzureLlmImporter(options),
        ["gentd26"] = static options => new GenTd26Importer(options),
        ["gentd26-adapters"] = static options => new GenTd26AdapterImporter(options),
        ["mask-ratios"] = static options => new MaskRatioImporter(options),
        ["katz"] = static options => new KatzTraceImporter(options),
        ["katz-figures"] = static options => new KatzFiguresImporter(options),
    };

    /// <summary>The published kinds, each with an importer.</summary>
    public static IReadOnlyList<string> Published { get; } = [.. Importers.Keys];

    /// <summary>All kinds, ours first.</summary>
    public static IReadOnlyList<string> Names { get; } = [Own, .. Published];

    /// <summary>The requests of a file, in order of arrival.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">One of <see cref="Names"/>.</param>
    /// <param name="options">What fills the fields that a published file lacks.</param>
    /// <returns>Our format is read as requests are asked for; published files are held in memory, because they need not be sorted.</returns>
    /// <exception cref="ArgumentException">The format is unknown.</exception>
    /// <exception cref="InvalidInputException">The file is wrong; thrown at once for published files, and while reading for ours.</exception>
    public static IEnumerable<TraceRequest> Read(string path, string format, TraceImportOptions options)
    {
        ArgumentNullException.ThrowIfNull(format);
        if (format == Own)
        {
            return TraceFile.Read(path);
        }

        if (!Importers.TryGetValue(format, out var importer))
        {
            throw new ArgumentException($"'{format}' is not a format of traces. Known: {string.Join(", ", Names)}.", nameof(format));
        }

        using var stream = File.OpenRead(path);
        return importer(options).Import(stream, path);
    }
}
