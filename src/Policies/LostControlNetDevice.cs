namespace SimServe.Policies;

/// <summary>A device that runs ControlNets for workers fails for good.</summary>
/// <param name="At">When.</param>
/// <param name="Device">Its number.</param>
public sealed record LostControlNetDevice(Instant At, int Device) : Fault(At);
