using SimServe.Policies.Serving;

namespace SimServe.Simulator.Metrics.Fleets;

// All that is counted of one worker, in ticks. Fields, because the digest's hot path is made of them.
internal sealed class WorkerBook(int number, WorkerRates rates)
{
    private const double SecondsPerHour = 3600;

    private WorkerState _state = WorkerState.Off;
    private long _stateSince;
    private long _on;
    private long _serving;
    private long _busy;
    private long _cacheStall;
    private long _adapterStall;
    private long _prePostStall;
    private long _steps;
    private long _requestSteps;
    private long _bytes;
    private long _completed;
    private long _from;

    // Little's law at this worker: the area under the number of its requests, and the sum of their times.
    private long _requests;
    private long _requestsSince;
    private Int128 _area;
    private Int128 _times;

    public int Number => number;

    public long BusyUntil { get; private set; }

    // The last time that it had nothing to do, as far as its past is known.
    public long IdleFrom { get; private set; }

    public long IdleTo { get; private set; }

    public Int128 LittleArea => _area;

    public Int128 LittleTimes => _times;

    public bool IsServing => _state is WorkerState.Ready or WorkerState.Draining;

    private bool IsOn => _state is WorkerState.Loading or WorkerState.Ready or WorkerState.Draining;

    public void Enter(long now) => Move(now, 1);

    public void Leave(long now, long enteredAt)
    {
        Move(now, -1);
        _times += now - enteredAt;
    }

    public void Change(WorkerState state, long now)
    {
        CloseState(now);
        _state = state;
    }

    public void IdleUntil(long now)
    {
        if (now > BusyUntil)
        {
            (IdleFrom, IdleTo) = (BusyUntil, now);
        }
    }

    public void Occupied(long end) => BusyUntil = Math.Max(BusyUntil, end);

    public void Denoised(long start, long end, int steps, int batch, long bytes)
    {
        if (end <= _from)
        {
            return;
        }

        _busy += end - Math.Max(start, _from);
        _steps += steps;
        _requestSteps += (long)steps * batch;
        _bytes += bytes;
    }

    public void Stalled(long start, long end, StallCause cause)
    {
        var length = Math.Max(0, end - Math.Max(start, _from));
        switch (cause)
        {
            case StallCause.TemplateCache:
                _cacheStall += length;
                break;
            case StallCause.Adapters:
                _adapterStall += length;
                break;
            default:
                _prePostStall += length;
                break;
        }
    }

    public void Completed() => _completed++;

    // Measuring begins: what was counted is forgotten, but for the checks, which look at the whole run.
    public void Reset(long now)
    {
        CloseState(now);
        (_on, _serving, _busy, _cacheStall, _adapterStall, _prePostStall, _steps, _requestSteps, _bytes, _completed, _from) = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, now);
    }

    public WorkerSummary Summarise(long end)
    {
        CloseState(end);
        var (on, busy) = (Seconds(_on), Seconds(_busy));
        return new WorkerSummary
        {
            Worker = number,
            OnSeconds = on,
            ServingSeconds = Seconds(_serving),
            BusySeconds = busy,
            CacheStallSeconds = Seconds(_cacheStall),
            AdapterStallSeconds = Seconds(_adapterStall),
            PrePostStallSeconds = Seconds(_prePostStall),
            Steps = _steps,
            RequestSteps = _requestSteps,
            Bytes = _bytes,
            Completed = _completed,
            Dollars = on / SecondsPerHour * rates.DollarsPerHour,
            KilowattHours = ((busy * rates.BusyWatts) + (Math.Max(0, on - busy) * rates.IdleWatts)) / SecondsPerHour / 1000,
        };
    }

    private void Move(long now, int change)
    {
        _area += (Int128)_requests * (now - _requestsSince);
        _requestsSince = now;
        _requests += change;
    }

    private void CloseState(long now)
    {
        var length = now - _stateSince;
        _on += IsOn ? length : 0;
        _serving += IsServing ? length : 0;
        _stateSince = now;
    }

    private static double Seconds(long ticks) => (double)ticks / TimeSpan.TicksPerSecond;
}
