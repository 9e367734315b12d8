using SimServe.GpuBackend.AddOns;
using SimServe.GpuBackend.Masking;
using SimServe.Policies;
using SimServe.Policies.Caches;

namespace SimServe.GpuBackend.Devices;

/// <summary>What a worker is.</summary>
public sealed record TorchDeviceOptions
{
    /// <summary>Name for reports and decisions, e.g. <c>cpu:0</c> or <c>cuda:1</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What is known of it; the copies of a CPU worker keep to the link's bandwidth, those of CUDA go as fast as they can.</summary>
    public required DeviceSpec Spec { get; init; }

    /// <summary>Denoising steps of templates and requests, at least 1.</summary>
    public required int Steps { get; init; }

    /// <summary>What goes wrong on purpose with this worker.</summary>
    /// <value>Nothing does.</value>
    public DeviceFaults Faults { get; init; } = DeviceFaults.None;

    /// <summary>Its own memory for templates' rows, bytes; 0: none. On the processor that is the host's memory, and rows come from there without the link.</summary>
    public long TemplateBytes { get; init; }

    /// <summary>For every block whether its rows are kept in that memory, see <see cref="ModelShape.KeptBlocks"/>.</summary>
    /// <value><c>null</c>: all of them.</value>
    public IReadOnlyList<bool>? KeptBlocks { get; init; }

    /// <summary>Which templates leave that memory first: one of <see cref="EvictionPolicies.Names"/>.</summary>
    /// <value><c>lru</c>.</value>
    public string Eviction { get; init; } = LeastRecentlyUsedEviction.PolicyName;

    /// <summary>Where it keeps latents for other workers to go on from; shared by the workers of a run.</summary>
    /// <value>Nothing is kept.</value>
    public LatentCheckpoints Checkpoints { get; init; } = LatentCheckpoints.None;

    /// <summary>The second device, which computes one guidance branch of every step.</summary>
    /// <value><c>null</c>: it is one device.</value>
    internal PartnerOptions? Partner { get; init; }

    /// <summary>Hears where the time of every step went, on the device's compute thread.</summary>
    /// <value><c>null</c>: nobody does.</value>
    public Action<StepPlan, StepTrace>? Traced { get; init; }

    /// <summary>The add-ons that it serves.</summary>
    /// <value><c>null</c>: requests with adapters are refused.</value>
    internal DeviceAddOns? AddOns { get; init; }

    /// <summary>Puts itself between a batch and its rows, to look at what every step reads; on the device's compute thread.</summary>
    /// <value><c>null</c>: nobody does.</value>
    internal Func<IReadOnlyList<EditState>, IStreamedRows, IStreamedRows>? Rows { get; init; }
}
