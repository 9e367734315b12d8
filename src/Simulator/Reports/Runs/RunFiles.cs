using SimServe.Policies;
using SimServe.Policies.Routing;
using SimServe.Policies.Serving;
using SimServe.Simulator.Metrics;

namespace SimServe.Simulator.Reports.Runs;

/// <summary>The files of a run, written while it goes on. They appear when the run is complete; a run that fails leaves none of them.</summary>
public sealed class RunFiles : IRunObserver, IDisposable
{
    private readonly RunFolder _folder;
    private readonly RequestsFile? _requests;
    private readonly TraceFile? _trace;
    private readonly DecisionsFile? _decisions;
    private readonly RunObservers _all;

    /// <summary>Opens the files.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="options">Which files.</param>
    /// <exception cref="IOException">One cannot be created.</exception>
    public RunFiles(RunFolder folder, RunFilesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _folder = folder;
        try
        {
            _requests = options.Requests ? new RequestsFile(folder, options.Run) : null;
            _trace = options.TraceEvents > 0 ? new TraceFile(folder, options.TraceEvents) : null;
            _decisions = options.Decisions ? new DecisionsFile(folder, options.Run) : null;
        }
        catch
        {
            Dispose();
            throw;
        }

        _all = new RunObservers([.. new IRunObserver?[] { _requests, _trace, _decisions }.OfType<IRunObserver>()]);
    }

    /// <inheritdoc/>
    public void Arrived(in Request request) => _all.Arrived(request);

    /// <inheritdoc/>
    public void Routed(in Request request, FleetView fleet, int chosen, Instant now) => _all.Routed(request, fleet, chosen, now);

    /// <inheritdoc/>
    public void Admitted(WorkerId worker, int running, ReadOnlySpan<RequestId> admitted, Instant now) => _all.Admitted(worker, running, admitted, now);

    /// <inheritdoc/>
    public void Denoised(in BatchSegment segment) => _all.Denoised(segment);

    /// <inheritdoc/>
    public void Stalled(in WorkerStall stall) => _all.Stalled(stall);

    /// <inheritdoc/>
    public void WorkerChanged(WorkerId worker, WorkerState state, Instant now) => _all.WorkerChanged(worker, state, now);

    /// <inheritdoc/>
    public void Finished(in RequestRecord record) => _all.Finished(record);

    /// <summary>Lets the files appear, with <c>timeseries.parquet</c>, <c>summary.json</c> and <c>summary.csv</c> beside them.</summary>
    /// <param name="summary">The run's numbers.</param>
    /// <param name="facts">What else the reader must know.</param>
    /// <exception cref="IOException">One cannot be written.</exception>
    public void Complete(RunSummary summary, RunFacts facts)
    {
        _requests?.Complete();
        _trace?.Complete();
        _decisions?.Complete();
        TimeSeriesFile.Write(_folder, summary.Series);
        SummaryFile.Write(_folder, summary, facts);
    }

    /// <summary>Removes files that were not completed.</summary>
    public void Dispose()
    {
        _requests?.Dispose();
        _trace?.Dispose();
        _decisions?.Dispose();
    }
}

/// <summary>Which files a run leaves besides its summary and its time series.</summary>
public sealed record RunFilesOptions
{
    /// <summary>Name of the run in its files.</summary>
    /// <value><c>simulated</c>.</value>
    public string Run { get; init; } = "simulated";

    /// <summary>Whether there is a row for every request.</summary>
    /// <value><c>true</c>.</value>
    public bool Requests { get; init; } = true;

    /// <summary>Most events of the trace; 0 for no trace.</summary>
    /// <value>500,000.</value>
    public int TraceEvents { get; init; } = TraceFile.DefaultMostEvents;

    /// <summary>Whether every decision is written with what the policy saw.</summary>
    /// <value><c>false</c>.</value>
    public bool Decisions { get; init; }
}
