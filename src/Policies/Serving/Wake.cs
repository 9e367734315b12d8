namespace SimServe.Policies.Serving;

/// <summary>Something that a serving loop waited for, and when it went on.</summary>
/// <param name="Call">What it waited for.</param>
/// <param name="At">When it went on.</param>
/// <param name="Report">What the device answered; nothing of a timer.</param>
/// <param name="AtOnce">Whether the answer was there when it was asked for: nobody waited.</param>
public readonly record struct Wake(WakeCall Call, Instant At, DeviceReport Report, bool AtOnce);

/// <summary>What tells one wait from another that is under way at the same time.</summary>
/// <param name="Kind">What is waited for.</param>
/// <param name="Worker">The device's worker, or 0 of a timer.</param>
/// <param name="Subject">The request of an encoding or a decoding, the ticks a timer is due at, or 0: a device denoises or loads one thing at a time.</param>
public readonly record struct WakeCall(WakeKind Kind, int Worker, long Subject);
