namespace SimServe.Policies.AddOns;

/// <summary>One adapter.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Number">Its number among those of its kind, 0 or more.</param>
public readonly record struct Adapter(AdapterKind Kind, int Number);
