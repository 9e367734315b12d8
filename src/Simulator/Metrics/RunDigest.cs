using System.Runtime.CompilerServices;
using SimServe.Policies;
using SimServe.Policies.Routing;
using SimServe.Policies.Serving;
using SimServe.Simulator.Metrics.Checks;
using SimServe.Simulator.Metrics.Fleets;
using SimServe.Simulator.Metrics.Objectives;
using SimServe.Simulator.Metrics.Series;
using SimServe.Simulator.Metrics.Stages;
using SimServe.Simulator.Metrics.WarmUps;

namespace SimServe.Simulator.Metrics;

/// <summary>Sees every event of a run and keeps all its numbers in memory that does not grow with the run.</summary>
/// <remarks>
/// Memory is bounded by requests in flight, workers, classes, tenants and the octaves of latency that occur. Nothing is allocated per event
/// once those have occurred. Every number is defined in this folder's README.
/// </remarks>
public sealed class RunDigest : IRunObserver
{
    private readonly RunDigestOptions _options;
    private readonly InFlightTable _inFlight = new();
    private readonly Violations _violations = new();
    private readonly LatencyBook _latencies = new();
    private readonly ObjectiveBook _objectives;
    private readonly FleetBook _fleet;
    private readonly TimeSeries _series;
    private readonly CompletionMeans _means = new();
    private readonly Window _window = new();
    private readonly SystemLaw _law;
    private readonly long[] _outcomes = new long[Enum.GetValues<RequestOutcome>().Length];
    private long _now;
    private long _openAt;
    private long _waiting;
    private long _running;
    private long _injected;
    private long _approximateHits;
    private RunSummary? _summary;

    /// <summary>Creates a digest for one run.</summary>
    /// <param name="options">What is known of the run, or <c>null</c> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public RunDigest(RunDigestOptions? options = null)
    {
        _options = options ?? new RunDigestOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.SloScale, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.GpusPerWorker, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(_options.GpusBeside, nameof(options));
        _objectives = new ObjectiveBook(_options.Alone, _options.SloScale);
        _fleet = new FleetBook(_options.Rates);
        _series = new TimeSeries(_options.SliceLength);
        _law = new SystemLaw(_violations, _options.PurposefulWait, _options.ClockSlack);
        _openAt = _options.WarmUp.Requests > 0 ? long.MaxValue : _options.WarmUp.Until.Ticks;
    }

    /// <inheritdoc/>
    public void Arrived(in Request request)
    {
        var now = request.ArrivesAt.Ticks;
        Advance(now);
        if (_options.WarmUp.Requests > 0 && _injected == _options.WarmUp.Requests)
        {
            OpenWindow(_now);
        }

        _injected++;

        ref var entry = ref _inFlight.TryAdd(request.Id.Value);
        if (Unsafe.IsNullRef(ref entry))
        {
            _law.ArrivedTwice(request.Id);
            return;
        }

        entry = new InFlight { ArrivedAt = now, RoutedAt = now, Worker = InFlight.NoWorker, Measured = _window.IsOpen };
        _waiting++;
        _series.Now.Arrivals++;
    }

    /// <inheritdoc/>
    public void Routed(in Request request, FleetView fleet, int chosen, Instant now)
    {
        Advance(now.Ticks);
        ref var entry = ref _inFlight.Find(request.Id.Value);
        if (Unsafe.IsNullRef(ref entry))
        {
            _law.Unknown(request.Id, "was routed");
            return;
        }

        if (entry.Worker != InFlight.NoWorker)
        {
            LeaveFailedWorker(ref entry);
        }

        entry.Worker = fleet[chosen].Id.Value;
        entry.RoutedAt = _now;
        _fleet[entry.Worker].Enter(_now);
    }

    /// <inheritdoc/>
    public void Admitted(WorkerId worker, int running, ReadOnlySpan<RequestId> admitted, Instant now)
    {
        Advance(now.Ticks);
        var book = _fleet[worker.Value];
        book.IdleUntil(_now);
        foreach (var request in admitted)
        {
            ref var entry = ref _inFlight.Find(request.Value);
            if (Unsafe.IsNullRef(ref entry) || entry.Joined)
            {
                _law.Unknown(request, "joined a batch");
                continue;
            }

            (entry.Joined, entry.IdleFrom, entry.IdleTo) = (true, book.IdleFrom, book.IdleTo);
            _waiting--;
            _running++;
        }
    }

    /// <inheritdoc/>
    public void Denoised(in BatchSegment segment)
    {
        var (start, end, size) = (segment.Start.Ticks, segment.End.Ticks, segment.BatchSize);
        Advance(end);
        var worker = _fleet[segment.Worker.Value];
        if (!_law.Occupies(worker, start, end, denoises: true))
        {
            return;
        }

        worker.Denoised(start, end, segment.Steps, size, segment.BytesLoaded);
        _fleet.BatchSizes.Add(size, segment.Steps);
        _series.Busy(start, end);
        var slice = _series.Now;
        slice.Steps += segment.Steps;
        slice.RequestSteps += (long)segment.Steps * size;
        slice.Bytes += segment.BytesLoaded;
    }

    /// <inheritdoc/>
    public void Stalled(in WorkerStall stall)
    {
        var (start, end) = (stall.Start.Ticks, stall.End.Ticks);
        Advance(end);
        var worker = _fleet[stall.Worker.Value];
        if (_law.Occupies(worker, start, end, denoises: false))
        {
            worker.Stalled(start, end, stall.Cause);
        }
    }

    /// <inheritdoc/>
    public void WorkerChanged(WorkerId worker, WorkerState state, Instant now)
    {
        Advance(now.Ticks);
        _fleet.Change(worker.Value, state, _now);
    }

    /// <inheritdoc/>
    public void Finished(in RequestRecord record)
    {
        Advance(record.FinishedAt.Ticks);
        if (!_inFlight.TryRemove(record.Request.Id.Value, out var entry))
        {
            _law.Unknown(record.Request.Id, "ended");
            return;
        }

        _outcomes[(int)record.Outcome]++;
        _approximateHits += record.SkippedSteps > 0 ? 1 : 0;
        _waiting -= entry.Joined ? 0 : 1;
        _running -= entry.Joined ? 1 : 0;
        var consistent = _law.Ended(record, entry);
        if (entry.Worker != InFlight.NoWorker)
        {
            LeaveWorker(record, entry);
        }

        if (record.Outcome == RequestOutcome.Completed && consistent)
        {
            var latency = (record.FinishedAt - record.ArrivedAt).Ticks;
            _means.Add(latency, _now);
            _series.Now.Complete(latency);
        }

        Measure(record, entry.Measured, consistent);
    }

    /// <summary>Closes the digest and gives its numbers. The run's own end counts: time after the last event is idle time.</summary>
    /// <param name="end">When the run ended, not before its last event.</param>
    /// <returns>The numbers; the same ones when called again.</returns>
    public RunSummary Complete(Instant end)
    {
        if (_summary is not null)
        {
            return _summary;
        }

        Advance(end.Ticks);
        if (!_window.IsOpen)
        {
            OpenWindow(_now);
        }

        _law.Close(_fleet, _inFlight.Count, _injected, _outcomes, _waiting + _running, _now, AreaInSystem());
        return _summary = new SummaryBuilder
        {
            Options = _options,
            Window = _window,
            End = _now,
            Injected = _injected,
            Outcomes = _outcomes,
            ApproximateHits = _approximateHits,
            Latencies = _latencies,
            Objectives = _objectives,
            Fleet = _fleet,
            Series = _series,
            Means = _means,
            Verdict = _violations.Conclude(),
        }.Build();
    }

    private Int128 AreaInSystem() => _series.WaitingArea() + _series.RunningArea();

    private void Advance(long now)
    {
        if (now >= _openAt)
        {
            var start = _openAt;
            _openAt = long.MaxValue;
            Advance(start);
            OpenWindow(start);
        }

        if (now > _now)
        {
            _series.Elapse(_now, now, _waiting, _running, _fleet.Serving);
            _now = now;
        }
        else if (_now - now > _options.ClockSlack.Ticks)
        {
            _law.Backwards(now, _now);
        }
    }

    private void OpenWindow(long now)
    {
        _window.Open(now, _series.WaitingArea(), _series.RunningArea());
        _fleet.Reset(now);
    }

    private void LeaveFailedWorker(ref InFlight entry)
    {
        _fleet[entry.Worker].Leave(_now, entry.RoutedAt);
        _running -= entry.Joined ? 1 : 0;
        _waiting += entry.Joined ? 1 : 0;
        entry.Joined = false;
    }

    private void LeaveWorker(in RequestRecord record, in InFlight entry)
    {
        var worker = _fleet[entry.Worker];
        worker.Leave(_now, record.RoutedAt?.Ticks ?? entry.RoutedAt);
        if (record.Outcome == RequestOutcome.Completed)
        {
            worker.Completed();
        }
    }

    private void Measure(in RequestRecord record, bool measured, bool consistent)
    {
        if (!_window.IsOpen)
        {
            return;
        }

        var completed = record.Outcome == RequestOutcome.Completed;
        var good = _objectives.Judge(record);
        _window.Completed += completed ? 1 : 0;
        _window.Good += good == true ? 1 : 0;
        if (!measured)
        {
            return;
        }

        if (completed && consistent)
        {
            _latencies.TryAdd(record);
        }

        _objectives.Add(record, good, consistent);
    }
}
