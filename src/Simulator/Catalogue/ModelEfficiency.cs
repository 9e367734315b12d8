namespace SimServe.Simulator.Catalogue;

/// <summary>Which share of its peak a device reaches with a model.</summary>
/// <param name="Share">The share, in (0, 1].</param>
/// <param name="Provenance">Which measurement or assumption it rests on, with its source.</param>
/// <param name="Basis">The same in a few words, for tables.</param>
/// <param name="Anchor">The measurement that it was fitted to, be it of another model or device, or <c>null</c> where it is assumed.</param>
public sealed record ModelEfficiency(double Share, CostProvenance Provenance, string Basis, PublishedLatency? Anchor);
