namespace SimServe.Simulator.Traces;

/// <summary>The timed requests of Alibaba's GenTD26 (<c>lora_request_trace.csv</c>).</summary>
/// <param name="options">What fills mask ratio, template, seed and size, and the steps where the row has none.</param>
/// <remarks>
/// Known: arrival to a second, steps, and the group, which becomes the tenant. Every row is one request, failed or not, however many images it asked for.
/// Left out: base model, and LoRAs, which the file counts but does not name.
/// </remarks>
public sealed class GenTd26Importer(TraceImportOptions options) : ITraceImporter
{
    private const int Group = 4;
    private const int Steps = 8;

    private static readonly string[] Columns =
    [
        "gmt_create", "predict_type", "predict_status", "exec_time_seconds", "groupId", "prompt_length", "negative_prompt_length",
        "num_images_per_prompt", "num_inference_steps", "checkpoint_model_version_id", "num_lora",
    ];

    /// <inheritdoc/>
    public IReadOnlyList<TraceRequest> Import(Stream stream, string file)
    {
        var arrivals = new DatedArrivals("yyyy-MM-dd HH:mm:ss");
        return ImportedTable.Read(stream, file, Columns, hasNames: true, options, (row, drawn) => drawn with
        {
            ArrivesAt = arrivals.Read(row, 0),
            Steps = row.IsEmpty(Steps) ? drawn.Steps : row.WholeWithPoint(Steps, 1),
            Tenant = row.Name(Group),
        });
    }
}
