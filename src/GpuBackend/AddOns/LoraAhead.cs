namespace SimServe.GpuBackend.AddOns;

/// <summary>How a LoRA is loaded that nobody has asked for.</summary>
/// <param name="Victim">The LoRA that may leave host memory for it, if it still is the first to go; <c>null</c>: none.</param>
/// <param name="Wait">Waits while its storage is busy with it.</param>
internal sealed record LoraAhead(int? Victim, Action<TimeSpan> Wait);
