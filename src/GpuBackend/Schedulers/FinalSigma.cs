namespace SimServe.GpuBackend.Schedulers;

/// <summary>The noise level after the last step.</summary>
internal enum FinalSigma
{
    /// <summary>None: the last step ends at the clean sample.</summary>
    Zero,

    /// <summary>The level of the first training step.</summary>
    Least,
}
