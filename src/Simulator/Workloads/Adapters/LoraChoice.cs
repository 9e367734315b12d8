namespace SimServe.Simulator.Workloads.Adapters;

/// <summary>The LoRAs of a request.</summary>
/// <param name="Count">0, 1 or 2.</param>
/// <param name="First">The first, if any.</param>
/// <param name="Second">The second, if any; another one.</param>
internal readonly record struct LoraChoice(int Count, int First, int Second);
