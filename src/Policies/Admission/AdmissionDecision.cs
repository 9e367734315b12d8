namespace SimServe.Policies.Admission;

/// <summary>What becomes of an arriving request.</summary>
public enum AdmissionDecision
{
    /// <summary>It is served.</summary>
    Admit,

    /// <summary>It is turned away because its tenant, or everybody, sends too many.</summary>
    Reject,

    /// <summary>It is turned away because it would end too late to be of use.</summary>
    Shed,
}
