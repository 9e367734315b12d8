namespace SimServe.GpuBackend.Schedulers;

/// <summary>A noised sample is Signal * clean + Noise * noise.</summary>
/// <param name="Signal">Often written alpha.</param>
/// <param name="Noise">Often written sigma.</param>
internal readonly record struct NoiseMix(double Signal, double Noise)
{
    /// <summary>Half of the logarithm of the signal-to-noise ratio, often written lambda; infinite without noise.</summary>
    public double HalfLogSnr => Math.Log(Signal) - Math.Log(Noise);

    /// <summary>The variance-preserving mix of a share of signal variance.</summary>
    /// <param name="alphaBar">In [0, 1].</param>
    public static NoiseMix FromAlphaBar(double alphaBar) => new(Math.Sqrt(alphaBar), Math.Sqrt(1 - alphaBar));

    /// <summary>The variance-preserving mix of a ratio of noise to signal.</summary>
    /// <param name="sigma">0 or more.</param>
    public static NoiseMix FromSigma(double sigma)
    {
        var signal = 1 / Math.Sqrt((sigma * sigma) + 1);
        return new NoiseMix(signal, sigma * signal);
    }
}
