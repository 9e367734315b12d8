using SimServe.Policies.Routing;

namespace SimServe.Policies.Admission;

/// <summary>Every request is served.</summary>
public sealed class AdmitAlways : IAdmissionPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "always";

    /// <inheritdoc/>
    public AdmissionDecision Decide(in Request request, FleetView fleet, Instant now) => AdmissionDecision.Admit;
}
