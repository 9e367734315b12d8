using SimServe.Policies;

namespace SimServe.GpuBackend.Devices;

/// <summary>What goes wrong on purpose with one real worker, and when.</summary>
/// <param name="faults">Its faults, in any order.</param>
public sealed class DeviceFaults(IReadOnlyList<Fault> faults)
{
    /// <summary>Nothing goes wrong.</summary>
    public static readonly DeviceFaults None = new([]);

    /// <summary>The faults of one worker.</summary>
    /// <param name="all">The faults of a run.</param>
    /// <param name="worker">The worker's number.</param>
    public static DeviceFaults Of(IReadOnlyList<Fault> all, int worker) => new([.. all.Where(fault => fault switch
    {
        LostWorker lost => lost.Worker == worker,
        SpotPreemption preemption => preemption.Worker == worker,
        SlowWorker slow => slow.Worker == worker,
        LinkBrownout brownout => brownout.Worker == worker,
        _ => false,
    })]);

    /// <summary>Whether the device is lost at a time.</summary>
    /// <param name="now">Time of the run.</param>
    public bool IsLost(Instant now) => faults.Any(fault =>
        (fault is LostWorker && now >= fault.At) || (fault is SpotPreemption preemption && now >= fault.At + preemption.Notice));

    /// <summary>How many times as long as usual a step takes, at least 1.</summary>
    /// <param name="now">Time of the run.</param>
    public double Slowness(Instant now) => faults.OfType<SlowWorker>()
        .Where(fault => now >= fault.At && now < fault.At + fault.For).Select(static fault => fault.Factor).DefaultIfEmpty(1).Max();

    /// <summary>Share of the link's bandwidth that is left, above 0 to 1.</summary>
    /// <param name="now">Time of the run.</param>
    public double LinkShare(Instant now) => faults.OfType<LinkBrownout>()
        .Where(fault => now >= fault.At && now < fault.At + fault.For).Select(static fault => fault.Share).DefaultIfEmpty(1).Min();
}
