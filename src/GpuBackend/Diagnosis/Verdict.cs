namespace SimServe.GpuBackend.Diagnosis;

/// <summary>What a finding means for whoever wants to run models here.</summary>
public enum Verdict
{
    /// <summary>It is there and does what it should.</summary>
    Works,

    /// <summary>Something does without it, or is slower.</summary>
    Limited,

    /// <summary>It is not there; nothing is wrong with that.</summary>
    Absent,

    /// <summary>It is there and does not work.</summary>
    Broken,
}
