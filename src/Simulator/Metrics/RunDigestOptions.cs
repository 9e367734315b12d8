using SimServe.Policies;
using SimServe.Simulator.Metrics.Fleets;
using SimServe.Simulator.Metrics.Objectives;
using SimServe.Simulator.Metrics.WarmUps;

namespace SimServe.Simulator.Metrics;

/// <summary>What a digest is told of its run.</summary>
public sealed record RunDigestOptions
{
    /// <summary>What is not measured.</summary>
    /// <value>Everything is.</value>
    public WarmUp WarmUp { get; init; } = WarmUp.None;

    /// <summary>Length of a slice of the time series, greater than zero; it doubles whenever there would be more than 1,000.</summary>
    /// <value>1 ms, which makes 500 to 1,000 slices of any run longer than half a second.</value>
    public TimeSpan SliceLength { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Latency of a request that is alone in the system, for objectives that are multiples of it; null: only the classes' objectives count.</summary>
    public AloneLatency? Alone { get; init; }

    /// <summary>How many times that latency a request may take, greater than 0.</summary>
    /// <value>3, as vLLM-Omni and SGLang's diffusion benchmarks.</value>
    public double SloScale { get; init; } = 3;

    /// <summary>Price and power of a worker; null: not known, and no cost or energy is reported.</summary>
    public Func<WorkerId, WorkerRates>? Rates { get; init; }

    /// <summary>Devices of a worker, its share of those that run ControlNets for the fleet included; greater than 0.</summary>
    /// <value>1.</value>
    public double GpusPerWorker { get; init; } = 1;

    /// <summary>How long a worker may idle while a request that is ready waits for it, because its batching policy waits for company; null: however long.</summary>
    /// <value>Zero: it never may.</value>
    public TimeSpan? PurposefulWait { get; init; } = TimeSpan.Zero;

    /// <summary>How far the checks may be missed by each request, because threads hand over late and clocks are read one after the other; not negative.</summary>
    /// <value>Zero, as virtual time has it: the laws hold to the tick.</value>
    public TimeSpan ClockSlack { get; init; } = TimeSpan.Zero;
}
