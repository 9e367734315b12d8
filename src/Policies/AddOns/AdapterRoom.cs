namespace SimServe.Policies.AddOns;

/// <summary>Whether a device has room for one more adapter of a kind.</summary>
/// <param name="Fits">False where all room is in use.</param>
/// <param name="Victim">Number of the adapter of that kind that would leave, which nobody uses; <c>null</c> where there is room without.</param>
public readonly record struct AdapterRoom(bool Fits, int? Victim);
