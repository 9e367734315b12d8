namespace SimServe.Policies.Serving;

/// <summary>All that happened in a run.</summary>
/// <param name="Records">One record per request, in order of arrival.</param>
/// <param name="Segments">What the workers denoised, in order of their ends, then of the workers.</param>
/// <param name="Faults">Devices that failed: name and reason.</param>
/// <param name="EndedAt">When the last request ended.</param>
public sealed record ServingResult(
    IReadOnlyList<RequestRecord> Records,
    IReadOnlyList<BatchSegment> Segments,
    IReadOnlyList<DeviceFault> Faults,
    Instant EndedAt);

/// <summary>A device that failed during a run.</summary>
/// <param name="Device">Its name.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="At">When the loop heard of it.</param>
public sealed record DeviceFault(string Device, string Reason, Instant At);
