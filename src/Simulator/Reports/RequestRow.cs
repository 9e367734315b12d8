using SimServe.Policies.Serving;

namespace SimServe.Simulator.Reports;

/// <summary>One request in <c>requests.parquet</c>. Times are seconds after the start of the run; empty when never reached.</summary>
public sealed class RequestRow
{
    /// <summary>Which run of the command it belongs to, e.g. <c>simulated</c>.</summary>
    public string Run { get; set; } = "";

    /// <summary>Number of the request.</summary>
    public int Request { get; set; }

    /// <summary>Number of the worker that served it.</summary>
    public int? Worker { get; set; }

    /// <summary>Number of its template.</summary>
    public int Template { get; set; }

    /// <summary>Masked tokens over all tokens.</summary>
    public double MaskRatio { get; set; }

    /// <summary>Denoising steps.</summary>
    public int Steps { get; set; }

    /// <summary>Arrival.</summary>
    public double ArrivedSeconds { get; set; }

    /// <summary>Start of the first denoising step.</summary>
    public double? StartedSeconds { get; set; }

    /// <summary>End of the last denoising step.</summary>
    public double? DenoisedSeconds { get; set; }

    /// <summary>Delivery or failure.</summary>
    public double FinishedSeconds { get; set; }

    /// <summary><c>Completed</c> or <c>Failed</c>.</summary>
    public string Outcome { get; set; } = "";

    /// <summary>Why it failed.</summary>
    public string? Failure { get; set; }

    /// <summary>The row of a record.</summary>
    /// <param name="run">Which run it belongs to.</param>
    /// <param name="record">The record.</param>
    public static RequestRow Of(string run, RequestRecord record) => new()
    {
        Run = run,
        Request = record.Request.Id.Value,
        Worker = record.Worker?.Value,
        Template = record.Request.Template.Value,
        MaskRatio = record.Request.Mask.Ratio,
        Steps = record.Request.Steps,
        ArrivedSeconds = record.ArrivedAt.TotalSeconds,
        StartedSeconds = record.StartedAt?.TotalSeconds,
        DenoisedSeconds = record.DenoisedAt?.TotalSeconds,
        FinishedSeconds = record.FinishedAt.TotalSeconds,
        Outcome = record.Outcome.ToString(),
        Failure = record.Failure,
    };
}
