using SimServe.Policies.Routing;

namespace SimServe.Policies.Admission;

/// <summary>Decides whether an arriving request is served at all.</summary>
public interface IAdmissionPolicy
{
    /// <summary>Decides.</summary>
    /// <param name="request">The request.</param>
    /// <param name="fleet">The workers that take requests; may be none.</param>
    /// <param name="now">The present.</param>
    AdmissionDecision Decide(in Request request, FleetView fleet, Instant now);
}
