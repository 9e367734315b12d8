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

    /// <summary>Number of its tenant.</summary>
    public int Tenant { get; set; }

    /// <summary>Name of its service class.</summary>
    public string Class { get; set; } = "";

    /// <summary>Width of its image, pixels.</summary>
    public int Width { get; set; }

    /// <summary>Height of its image, pixels.</summary>
    public int Height { get; set; }

    /// <summary>Masked tokens over all tokens.</summary>
    public double MaskRatio { get; set; }

    /// <summary>Denoising steps.</summary>
    public int Steps { get; set; }

    /// <summary>ControlNets it uses.</summary>
    public int ControlNets { get; set; }

    /// <summary>LoRAs it uses.</summary>
    public int Loras { get; set; }

    /// <summary>Arrival.</summary>
    public double ArrivedSeconds { get; set; }

    /// <summary>Sent to its worker.</summary>
    public double? RoutedSeconds { get; set; }

    /// <summary>Prepared, ready to join a batch.</summary>
    public double? ReadySeconds { get; set; }

    /// <summary>Joined a batch.</summary>
    public double? JoinedSeconds { get; set; }

    /// <summary>Start of the first denoising step.</summary>
    public double? StartedSeconds { get; set; }

    /// <summary>End of the last denoising step.</summary>
    public double? DenoisedSeconds { get; set; }

    /// <summary>Delivery, or whatever other end.</summary>
    public double FinishedSeconds { get; set; }

    /// <summary>Time in the batch without steps because of a template's cache.</summary>
    public double CacheWaitSeconds { get; set; }

    /// <summary>Time in the batch without steps because of adapters.</summary>
    public double AdapterWaitSeconds { get; set; }

    /// <summary>Time in the batch without steps because other requests were prepared or decoded by the thread that denoises.</summary>
    public double PrePostWaitSeconds { get; set; }

    /// <summary>Requests that were prepared or decoded in that time.</summary>
    public int Interruptions { get; set; }

    /// <summary>Its share of device time.</summary>
    public double DeviceSeconds { get; set; }

    /// <summary>Workers it was sent to.</summary>
    public int Attempts { get; set; }

    /// <summary>Steps that were lost with failed devices.</summary>
    public int LostSteps { get; set; }

    /// <summary>Steps that it left out because similar latents were found.</summary>
    public int SkippedSteps { get; set; }

    /// <summary>How it ended, e.g. <c>Completed</c>: a name of <see cref="RequestOutcome"/>.</summary>
    public string Outcome { get; set; } = "";

    /// <summary>Why it failed.</summary>
    public string? Failure { get; set; }

    /// <summary>The row of a record.</summary>
    /// <param name="run">Which run it belongs to.</param>
    /// <param name="record">The record.</param>
    public static RequestRow Of(string run, in RequestRecord record)
    {
        var row = new RequestRow { Run = run };
        row.Fill(record);
        return row;
    }

    internal void Fill(in RequestRecord record)
    {
        var request = record.Request;
        Request = request.Id.Value;
        Worker = record.Worker?.Value;
        Template = request.Template.Value;
        Tenant = request.Tenant.Value;
        Class = request.Class.Name;
        Width = request.Mask.Grid.Width;
        Height = request.Mask.Grid.Height;
        MaskRatio = request.Mask.Ratio;
        Steps = request.Steps;
        ControlNets = request.Adapters.ControlNets.Count;
        Loras = request.Adapters.Loras.Count;
        ArrivedSeconds = record.ArrivedAt.TotalSeconds;
        RoutedSeconds = record.RoutedAt?.TotalSeconds;
        ReadySeconds = record.ReadyAt?.TotalSeconds;
        JoinedSeconds = record.JoinedAt?.TotalSeconds;
        StartedSeconds = record.StartedAt?.TotalSeconds;
        DenoisedSeconds = record.DenoisedAt?.TotalSeconds;
        FinishedSeconds = record.FinishedAt.TotalSeconds;
        CacheWaitSeconds = record.CacheWait.TotalSeconds;
        AdapterWaitSeconds = record.AdapterWait.TotalSeconds;
        PrePostWaitSeconds = record.PrePostWait.TotalSeconds;
        Interruptions = record.Interruptions;
        DeviceSeconds = record.DeviceTime.TotalSeconds;
        Attempts = record.Attempts;
        LostSteps = record.LostSteps;
        SkippedSteps = record.SkippedSteps;
        Outcome = NameOf(record.Outcome);
        Failure = record.Failure;
    }

    // Enum.ToString allocates; a run has millions of rows.
    private static string NameOf(RequestOutcome outcome) => outcome switch
    {
        RequestOutcome.Completed => nameof(RequestOutcome.Completed),
        RequestOutcome.Failed => nameof(RequestOutcome.Failed),
        RequestOutcome.Rejected => nameof(RequestOutcome.Rejected),
        RequestOutcome.Shed => nameof(RequestOutcome.Shed),
        RequestOutcome.QueuedAtEnd => nameof(RequestOutcome.QueuedAtEnd),
        RequestOutcome.RunningAtEnd => nameof(RequestOutcome.RunningAtEnd),
        RequestOutcome.Cancelled => nameof(RequestOutcome.Cancelled),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Unknown outcome."),
    };
}
