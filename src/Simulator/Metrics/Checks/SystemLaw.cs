using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Metrics.Fleets;

namespace SimServe.Simulator.Metrics.Checks;

// The laws that every run obeys, looked at event by event and once more at its end. They see the whole run, warm-up included.
internal sealed class SystemLaw(Violations violations, TimeSpan? purposefulWait, TimeSpan slack)
{
    private Int128 _timeInSystem;
    private Int128 _busy;
    private Int128 _deviceTime;

    public void ArrivedTwice(RequestId request) => Fail(CheckKind.Conservation, $"{request} arrived while it was there already");

    public void Unknown(RequestId request, string what) => Fail(CheckKind.Conservation, $"{request} {what} without being in the system, or for the second time");

    public void Backwards(long now, long last) =>
        Fail(CheckKind.MonotoneTime, $"an event at {new Instant(now)} came after one at {new Instant(last)}");

    // Notes that a worker was at work, and that it had nothing to do since it last was.
    public bool Occupies(WorkerBook worker, long start, long end, bool denoises)
    {
        if (end < start || start < worker.BusyUntil)
        {
            Fail(CheckKind.Utilisation, $"w{worker.Number} worked from {new Instant(start)} to {new Instant(end)} though it was busy until {new Instant(worker.BusyUntil)}");
            return false;
        }

        worker.IdleUntil(start);
        worker.Occupied(end);
        _busy += denoises ? end - start : 0;
        return true;
    }

    // Whether a record agrees with itself and with what was seen of the request.
    public bool Ended(in RequestRecord record, in InFlight seen)
    {
        _timeInSystem += (record.FinishedAt - record.ArrivedAt).Ticks;
        _deviceTime += record.DeviceTime.Ticks;
        CheckConserved(record, seen);
        return IsOrdered(record, seen);
    }

    public void Close(FleetBook fleet, int left, long injected, ReadOnlySpan<long> outcomes, long inSystem, long end, Int128 area)
    {
        var ended = 0L;
        foreach (var count in outcomes)
        {
            ended += count;
        }

        violations.Require(
            CheckKind.Conservation,
            left == 0 && inSystem == 0 && ended == injected,
            $"{injected} requests arrived, {ended} ended, {left} are left");
        violations.Require(
            CheckKind.LittleSystem,
            IsClose(area, _timeInSystem, injected),
            $"area under the number in system {Seconds(area)} request-seconds, sum of times in system {Seconds(_timeInSystem)}");
        CloseWorkers(fleet, injected);
        CloseUtilisation(end);
    }

    private void CloseWorkers(FleetBook fleet, long injected)
    {
        foreach (var worker in fleet.Workers)
        {
            violations.Require(
                CheckKind.LittleWorkers,
                IsClose(worker.LittleArea, worker.LittleTimes, injected),
                $"w{worker.Number}: area under the number of its requests {Seconds(worker.LittleArea)} request-seconds, sum of their times {Seconds(worker.LittleTimes)}");
        }
    }

    private bool IsClose(Int128 area, Int128 times, long requests) => Int128.Abs(area - times) <= (Int128)slack.Ticks * requests;

    // Exact: the loop hands out a step's time among its batch to the last tick, and charges lost work too.
    private void CloseUtilisation(long end) => violations.Require(
        CheckKind.Utilisation,
        _busy == _deviceTime,
        $"workers denoised {Seconds(_busy)} s in the run's {new Instant(end)}, requests used {Seconds(_deviceTime)} s");

    private void CheckConserved(in RequestRecord record, in InFlight seen)
    {
        // One whose device failed may have joined a batch in an attempt that the record no longer tells of.
        var worker = record.Worker?.Value ?? InFlight.NoWorker;
        if (worker != seen.Worker || (record.JoinedAt is not null && !seen.Joined))
        {
            Fail(
                CheckKind.Conservation,
                $"{record.Request.Id} ended at worker {worker}, {(record.JoinedAt is null ? "not " : "")}in a batch; it had been sent to {seen.Worker} and "
                + $"had {(seen.Joined ? "" : "not ")}joined ({InFlight.NoWorker}: none)");
        }

        if (purposefulWait is { } allowed && seen.Joined && record is { ReadyAt: { } ready, JoinedAt: { } joined })
        {
            var idle = Math.Min(seen.IdleTo, joined.Ticks) - Math.Max(seen.IdleFrom, ready.Ticks);
            if (idle > (allowed + slack).Ticks)
            {
                Fail(CheckKind.WorkConservation, $"w{seen.Worker} idled for {Seconds(idle)} s while {record.Request.Id}, ready at {ready}, waited for it");
            }
        }
    }

    private bool IsOrdered(in RequestRecord record, in InFlight seen)
    {
        var last = record.ArrivedAt;
        var ordered = Follows(ref last, record.RoutedAt)
            & Follows(ref last, record.ReadyAt)
            & Follows(ref last, record.JoinedAt)
            & Follows(ref last, record.StartedAt)
            & Follows(ref last, record.DenoisedAt)
            & Follows(ref last, record.FinishedAt);
        var complete = record.Outcome != RequestOutcome.Completed
            || record is { RoutedAt: not null, ReadyAt: not null, JoinedAt: not null, StartedAt: not null, DenoisedAt: not null };
        var waits = record.CacheWait >= TimeSpan.Zero && record.AdapterWait >= TimeSpan.Zero && record.PrePostWait >= TimeSpan.Zero && FitsBatch(record);
        var agrees = Math.Abs(record.ArrivedAt.Ticks - seen.ArrivedAt) <= slack.Ticks && (seen.Worker == InFlight.NoWorker || record.RoutedAt?.Ticks == seen.RoutedAt);
        if (ordered && complete && waits && agrees)
        {
            return true;
        }

        if (violations.IsFirst(CheckKind.MonotoneTime))
        {
            violations.Explain(CheckKind.MonotoneTime, Describe(record, seen));
        }

        return false;
    }

    private static bool FitsBatch(in RequestRecord record) =>
        record is not { DenoisedAt: { } denoised, JoinedAt: { } joined } || record.CacheWait + record.AdapterWait + record.PrePostWait <= denoised - joined;

    private static bool Follows(ref Instant last, Instant? next)
    {
        if (next is not { } instant)
        {
            return true;
        }

        var follows = instant >= last;
        last = instant;
        return follows;
    }

    private static string Describe(in RequestRecord record, in InFlight seen) =>
        $"{record.Request.Id} ({record.Outcome}) arrived at {record.ArrivedAt}, routed {record.RoutedAt}, ready {record.ReadyAt}, joined {record.JoinedAt}, "
        + $"started {record.StartedAt}, denoised {record.DenoisedAt}, ended {record.FinishedAt}, waiting {record.CacheWait} for caches, {record.AdapterWait} for adapters and {record.PrePostWait} for others; "
        + $"events said arrival {new Instant(seen.ArrivedAt)}, routed {new Instant(seen.RoutedAt)}";

    private static double Seconds(Int128 ticks) => (double)ticks / TimeSpan.TicksPerSecond;

    private void Fail(CheckKind kind, string words)
    {
        if (violations.IsFirst(kind))
        {
            violations.Explain(kind, words);
        }
    }
}
