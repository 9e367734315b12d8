using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Schedulers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>How a pipeline is opened.</summary>
public sealed record PipelineOptions
{
    /// <summary>Type that models compute in: float32, bfloat16 or float16.</summary>
    public ScalarType Type { get; init; } = ScalarType.Float32;

    /// <summary>Where models run.</summary>
    public Device Device { get; init; } = CPU;

    /// <summary>Folders of ControlNets beside the pipeline's own.</summary>
    public IReadOnlyList<string> ControlNets { get; init; } = [];

    /// <summary>
    /// A scheduler in place of the folder's: a short name of <see cref="NoiseSchedulerFactory"/> keeps the folder's noise schedule, a path names a
    /// <c>scheduler_config.json</c>; <c>null</c> for the folder's.
    /// </summary>
    public string? Scheduler { get; init; }

    /// <summary>How U-Nets and ControlNets compute their layers; other models do not ask.</summary>
    public BackboneOptimisations Optimisations { get; init; } = BackboneOptimisations.All;
}
