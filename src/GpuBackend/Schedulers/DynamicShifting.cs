namespace SimServe.GpuBackend.Schedulers;

/// <summary>A shift of noise levels that grows with the image: larger images need more noise to lose their content.</summary>
/// <param name="Exponential">Whether levels are shifted by the exponential of the shift rather than by the shift itself.</param>
/// <param name="BaseShift">Shift at <paramref name="BaseTokens"/>.</param>
/// <param name="BaseTokens">Tokens of a small image.</param>
/// <param name="MaxShift">Shift at <paramref name="MaxTokens"/>.</param>
/// <param name="MaxTokens">Tokens of a large image.</param>
internal sealed record DynamicShifting(bool Exponential, double BaseShift, int BaseTokens, double MaxShift, int MaxTokens)
{
    /// <summary>The shift, often written mu: linear in the image's tokens.</summary>
    public double Shift(int imageTokens) => BaseShift + ((imageTokens - BaseTokens) * (MaxShift - BaseShift) / (MaxTokens - BaseTokens));

    /// <summary>The factor s in s * sigma / (1 + (s - 1) * sigma).</summary>
    public double Factor(double mu) => Exponential ? Math.Exp(mu) : mu;
}
