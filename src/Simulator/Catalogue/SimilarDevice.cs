namespace SimServe.Simulator.Catalogue;

/// <summary>Another device of the catalogue that is taken to reach the same share of its peak where nothing was published of this one.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Reason">Why.</param>
public sealed record SimilarDevice(string Name, string Reason);
