using System.Text.RegularExpressions;

namespace SimServe.Simulator.Traces;

/// <summary>The requests of Alibaba's GenTD26 that name their LoRAs (<c>data_trace_processed.csv</c>).</summary>
/// <param name="options">What fills mask ratio, template, seed, size and arrivals, and the steps where the row has none.</param>
/// <remarks>
/// Known: steps and LoRAs, by their hashed version. The file has no times, and its order is unknown: arrivals are the pattern's. Every row is one request,
/// however many images it asked for. Left out: base model (a run serves one), the LoRAs' scales, number of images.
/// </remarks>
public sealed partial class GenTd26AdapterImporter(TraceImportOptions options) : ITraceImporter
{
    private const int Steps = 6;
    private const int Loras = 8;

    private static readonly string[] Columns =
    [
        "predict_type", "exec_time_seconds", "style_type", "prompt_length", "negative_prompt_length", "num_images_per_prompt", "num_inference_steps",
        "checkpoint_model_version_id", "lora_args",
    ];

    /// <inheritdoc/>
    public IReadOnlyList<TraceRequest> Import(Stream stream, string file) => ImportedTable.Read(
        stream, file, Columns, hasNames: true, options,
        static (row, drawn) => drawn with
        {
            Steps = row.IsEmpty(Steps) ? drawn.Steps : row.WholeWithPoint(Steps, 1),
            Loras = ReadLoras(row),
        },
        quoted: true);

    // A list as Python prints it: [{'modelVersionId': '7999...', 'scale': 1.0}, ...].
    private static string[] ReadLoras(TraceRow row)
    {
        var list = PythonList().Match(row.Text(Loras));
        if (!list.Success)
        {
            row.Fault(Loras, "[] or [{'modelVersionId': '...', 'scale': ...}, ...]", "Correct the list.");
        }

        return [.. list.Groups["id"].Captures.Select(static id => id.Value).Distinct(StringComparer.Ordinal)];
    }

    [GeneratedRegex(@"^\[(\{'modelVersionId': '(?<id>[0-9A-Za-z_.-]+)', 'scale': [^{}']+\}(, (?=\{))?)*\]$", RegexOptions.ExplicitCapture)]
    private static partial Regex PythonList();
}
