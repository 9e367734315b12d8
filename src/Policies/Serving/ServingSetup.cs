using SimServe.Policies.AddOns;
using SimServe.Policies.Admission;
using SimServe.Policies.Batching;
using SimServe.Policies.Caches;
using SimServe.Policies.Ordering;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Recovery;
using SimServe.Policies.Routing;
using SimServe.Policies.Scaling;

namespace SimServe.Policies.Serving;

/// <summary>The policies of a run.</summary>
public sealed record ServingSetup
{
    /// <summary>Sends requests to workers.</summary>
    public required IRoutingPolicy Routing { get; init; }

    /// <summary>Forms batches, one policy per worker.</summary>
    public required IReadOnlyList<IBatchingPolicy> Batching { get; init; }

    /// <summary>Plans steps, one planner per worker.</summary>
    public required IReadOnlyList<StepPlanner> Planners { get; init; }

    /// <summary>Orders waiting requests.</summary>
    public IOrderingPolicy Ordering { get; init; } = new FirstComeFirstServed();

    /// <summary>Lets requests in.</summary>
    public IAdmissionPolicy Admission { get; init; } = new AdmitAlways();

    /// <summary>Decides what becomes of requests whose device failed.</summary>
    public IRecoveryPolicy Recovery { get; init; } = new FailWithDevice();

    /// <summary>Decides how LoRAs come into effect.</summary>
    public ILoraPolicy Loras { get; init; } = new SynchronousLoras();

    /// <summary>Requests with other LoRAs than the batch's that one with the same may overtake; each is overtaken at most so often. 0 or more.</summary>
    public int LoraOvertaking { get; init; }

    /// <summary>Decides which adapters devices fetch ahead of requests.</summary>
    public IAdapterPrefetch Prefetch { get; init; } = new NoPrefetch();

    /// <summary>Decides where ControlNets run.</summary>
    public IControlNetPlacement ControlNets { get; init; } = new SerialControlNets();

    /// <summary>Which step's residuals are added where ControlNets run on other devices.</summary>
    public ControlMode ControlMode { get; init; }

    /// <summary>What becomes of requests in a batch when a device that runs ControlNets for them fails.</summary>
    public ControlNetRecovery ControlNetRecovery { get; init; }

    /// <summary>Says which requests go on from similar latents instead of from noise; <c>null</c>: none. Devices must have such latents.</summary>
    public ApproximateCache? ApproximateCache { get; init; }

    /// <summary>Decides how many workers are on; <c>null</c> when all always are.</summary>
    public IScalingPolicy? Scaling { get; init; }

    /// <summary>How the fleet grows and shrinks, where <see cref="Scaling"/> is given.</summary>
    public ScalingOptions ScalingOptions { get; init; } = new();

    /// <summary>How old what routers see may be; zero: the present.</summary>
    public TimeSpan RouterStaleness { get; init; }

    /// <summary>Workers that will be taken away, by number, and when their notice comes: they drain from then on.</summary>
    public IReadOnlyDictionary<int, Instant> Notices { get; init; } = new Dictionary<int, Instant>();

    /// <summary>When the run is cut off, or <c>null</c> to serve everything.</summary>
    public Instant? CutOff { get; init; }
}
