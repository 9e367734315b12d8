using SimServe.Policies.Profiles;

namespace SimServe.Simulator.Catalogue;

/// <summary>What a cost model's times rest on.</summary>
/// <param name="Kind">
/// <see cref="Provenance.Published"/> where its efficiency is fitted to a published measurement of this model on this device,
/// <see cref="Provenance.Analytic"/> where it is carried over from another or assumed.
/// </param>
/// <param name="Statement">The measurement or the assumption, with its source.</param>
public sealed record CostProvenance(Provenance Kind, string Statement);
