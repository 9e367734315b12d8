using Microsoft.Data.Analysis;
using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Metrics.Series;

namespace SimServe.Simulator.Frames;

/// <summary>Runs as data frames, for notebooks.</summary>
/// <remarks>
/// Times are seconds after the start of the run; a time that was never reached is null. Columns that <c>requests.parquet</c> has too are
/// named as there. Every number is defined in the README of the metrics.
/// </remarks>
public static class RunFrames
{
    /// <summary>One row per request, in order of arrival.</summary>
    /// <param name="result">A finished run, simulated or real.</param>
    /// <returns>
    /// Columns Request, Worker, Template, Tenant (numbers, int32), Class (text), Width, Height (pixels), MaskRatio (0 to 1), Steps, ArrivedSeconds, RoutedSeconds,
    /// ReadySeconds, JoinedSeconds, StartedSeconds, DenoisedSeconds, FinishedSeconds, CacheWaitSeconds, AdapterWaitSeconds, PrePostWaitSeconds,
    /// Interruptions, DeviceSeconds, Attempts, LostSteps, SkippedSteps, LatencySeconds, QueueingSeconds, Outcome (text).
    /// </returns>
    /// <remarks>Latency and queueing are null for requests that failed, so that a column's mean is the metric of the run.</remarks>
    public static DataFrame Requests(ServingResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var records = result.Records;
        return new DataFrame(
            Column<int>("Request", records, static record => record.Request.Id.Value),
            Column<int>("Worker", records, static record => record.Worker?.Value),
            Column<int>("Template", records, static record => record.Request.Template.Value),
            Column<int>("Tenant", records, static record => record.Request.Tenant.Value),
            new StringDataFrameColumn("Class", records.Select(static record => record.Request.Class.Name)),
            Column<int>("Width", records, static record => record.Request.Mask.Grid.Width),
            Column<int>("Height", records, static record => record.Request.Mask.Grid.Height),
            Column<double>("MaskRatio", records, static record => record.Request.Mask.Ratio),
            Column<int>("Steps", records, static record => record.Request.Steps),
            Column<double>("ArrivedSeconds", records, static record => record.ArrivedAt.TotalSeconds),
            Column<double>("RoutedSeconds", records, static record => record.RoutedAt?.TotalSeconds),
            Column<double>("ReadySeconds", records, static record => record.ReadyAt?.TotalSeconds),
            Column<double>("JoinedSeconds", records, static record => record.JoinedAt?.TotalSeconds),
            Column<double>("StartedSeconds", records, static record => record.StartedAt?.TotalSeconds),
            Column<double>("DenoisedSeconds", records, static record => record.DenoisedAt?.TotalSeconds),
            Column<double>("FinishedSeconds", records, static record => record.FinishedAt.TotalSeconds),
            Column<double>("CacheWaitSeconds", records, static record => record.CacheWait.TotalSeconds),
            Column<double>("AdapterWaitSeconds", records, static record => record.AdapterWait.TotalSeconds),
            Column<double>("PrePostWaitSeconds", records, static record => record.PrePostWait.TotalSeconds),
            Column<int>("Interruptions", records, static record => record.Interruptions),
            Column<double>("DeviceSeconds", records, static record => record.DeviceTime.TotalSeconds),
            Column<int>("Attempts", records, static record => record.Attempts),
            Column<int>("LostSteps", records, static record => record.LostSteps),
            Column<int>("SkippedSteps", records, static record => record.SkippedSteps),
            Column<double>("LatencySeconds", records, static record => SecondsUntil(record, record.FinishedAt)),
            Column<double>("QueueingSeconds", records, static record => SecondsUntil(record, record.StartedAt)),
            new StringDataFrameColumn("Outcome", records.Select(static record => record.Outcome.ToString())));
    }

    /// <summary>One row per batch segment: steps of one worker during which its batch did not change.</summary>
    /// <param name="result">A finished run, simulated or real.</param>
    /// <returns>
    /// Columns Worker, StartSeconds, EndSeconds, Steps, BatchSize (requests), MaskedTokens (of the whole batch), PredictedStepSeconds,
    /// CachedBlocks, RecomputedBlocks, BytesLoaded.
    /// </returns>
    public static DataFrame Segments(ServingResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var segments = result.Segments;
        return new DataFrame(
            Column<int>("Worker", segments, static segment => segment.Worker.Value),
            Column<double>("StartSeconds", segments, static segment => segment.Start.TotalSeconds),
            Column<double>("EndSeconds", segments, static segment => segment.End.TotalSeconds),
            Column<int>("Steps", segments, static segment => segment.Steps),
            Column<int>("BatchSize", segments, static segment => segment.BatchSize),
            Column<int>("MaskedTokens", segments, static segment => segment.Plan.Members.Sum(static member => member.MaskedTokens)),
            Column<double>("PredictedStepSeconds", segments, static segment => segment.Plan.StepTime.TotalSeconds),
            Column<int>("CachedBlocks", segments, static segment => Blocks(segment, BlockMode.Cached)),
            Column<int>("RecomputedBlocks", segments, static segment => Blocks(segment, BlockMode.Recomputed)),
            Column<long>("BytesLoaded", segments, static segment => segment.BytesLoaded));
    }

    /// <summary>One row per slice of a run's time.</summary>
    /// <param name="summary">A digested run.</param>
    /// <returns>The columns of <see cref="SliceRow"/>, which <c>timeseries.parquet</c> has too.</returns>
    public static DataFrame Slices(RunSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        var rows = summary.Series;
        return new DataFrame(
            Column<double>("StartSeconds", rows, static row => row.StartSeconds),
            Column<double>("LengthSeconds", rows, static row => row.LengthSeconds),
            Column<long>("Arrivals", rows, static row => row.Arrivals),
            Column<long>("Completions", rows, static row => row.Completions),
            Column<double>("QueueLength", rows, static row => row.QueueLength),
            Column<double>("Running", rows, static row => row.Running),
            Column<double>("WorkersReady", rows, static row => row.WorkersReady),
            Column<double>("BusyShare", rows, static row => row.BusyShare),
            Column<double>("BatchSize", rows, static row => row.BatchSize),
            Column<double>("LatencyP50Seconds", rows, static row => row.LatencyP50Seconds),
            Column<double>("LatencyP99Seconds", rows, static row => row.LatencyP99Seconds),
            Column<long>("Bytes", rows, static row => row.Bytes));
    }

    private static PrimitiveDataFrameColumn<T> Column<T>(string name, IEnumerable<SliceRow> rows, Func<SliceRow, T?> value)
        where T : unmanaged => new(name, rows.Select(value));

    private static PrimitiveDataFrameColumn<T> Column<T>(string name, IEnumerable<RequestRecord> rows, Func<RequestRecord, T?> value)
        where T : unmanaged => new(name, rows.Select(value));

    private static PrimitiveDataFrameColumn<T> Column<T>(string name, IEnumerable<BatchSegment> rows, Func<BatchSegment, T?> value)
        where T : unmanaged => new(name, rows.Select(value));

    private static double? SecondsUntil(RequestRecord record, Instant? end) =>
        record.Outcome == RequestOutcome.Completed ? (end - record.ArrivedAt)?.TotalSeconds : null;

    private static int Blocks(BatchSegment segment, BlockMode mode) => segment.Plan.Modes.Count(other => other == mode);
}
