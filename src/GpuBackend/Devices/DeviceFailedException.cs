namespace SimServe.GpuBackend.Devices;

/// <summary>A device could not do what a job cannot go on without.</summary>
/// <param name="message">What, and why not.</param>
/// <param name="inner">The cause, or <c>null</c>.</param>
public sealed class DeviceFailedException(string message, Exception? inner = null) : Exception(message, inner);
