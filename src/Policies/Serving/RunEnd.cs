namespace SimServe.Policies.Serving;

/// <summary>How a run ended.</summary>
/// <param name="At">When its last request ended, or when it was cut off.</param>
/// <param name="Requests">Requests that arrived.</param>
/// <param name="Faults">Devices that failed: name and reason.</param>
public sealed record RunEnd(Instant At, long Requests, IReadOnlyList<DeviceFault> Faults);
