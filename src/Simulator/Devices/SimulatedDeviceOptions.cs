using SimServe.Policies;
using SimServe.Policies.Costs;

namespace SimServe.Simulator.Devices;

/// <summary>What a simulated device is.</summary>
public sealed record SimulatedDeviceOptions
{
    /// <summary>Name for reports and decisions.</summary>
    public required string Name { get; init; }

    /// <summary>What is known of the device.</summary>
    public required DeviceSpec Spec { get; init; }

    /// <summary>The model that is served.</summary>
    public required ModelShape Model { get; init; }

    /// <summary>The times the device really takes; planners may believe in another model.</summary>
    public required ICostModel Costs { get; init; }

    /// <summary>Denoising steps of a template's recording.</summary>
    public required int TemplateSteps { get; init; }

    /// <summary>One event per change of membership instead of one per step. Both give identical results.</summary>
    /// <value><c>true</c>.</value>
    public bool CoalesceSteps { get; init; } = true;

    /// <summary>When the device fails, or <c>null</c>.</summary>
    public Instant? FailsAt { get; init; }
}
