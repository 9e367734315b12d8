using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Simulator.Fleets;

namespace SimServe.Simulator.Devices;

// What a simulated device is.
internal sealed record SimulatedDeviceOptions
{
    public required string Name { get; init; }

    public required DeviceSpec Spec { get; init; }

    public required ModelShape Model { get; init; }

    // The times the device really takes; planners may believe in another model.
    public required ICostModel Costs { get; init; }

    // Denoising steps of a template's recording.
    public required int TemplateSteps { get; init; }

    public required AdapterOptions Adapters { get; init; }

    public required CpuStages Cpu { get; init; }

    // What computation takes beside those times.
    public ServiceVariation Variation { get; init; } = new(1, [], 0);

    // How its devices divide images, or null where it is one device.
    public PatchParallelism? Patches { get; init; }

    // One event per change of membership instead of one per step. Both give identical results.
    public bool CoalesceSteps { get; init; } = true;
}
