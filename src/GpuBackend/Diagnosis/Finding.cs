namespace SimServe.GpuBackend.Diagnosis;

/// <summary>One thing that was looked at.</summary>
/// <param name="About">The kind of device that depends on it: one of <see cref="Devices.TorchNames.DeviceNames"/>, or <c>null</c> for both.</param>
/// <param name="What">What it is, e.g. <c>CUDA driver</c>.</param>
/// <param name="Verdict">What it means.</param>
/// <param name="Found">What was found.</param>
/// <param name="Consequence">What will not work and what to do, or <c>null</c>.</param>
public sealed record Finding(string? About, string What, Verdict Verdict, string Found, string? Consequence = null);
