namespace SimServe.GpuBackend.Training.Quality;

/// <summary>Edits with full inference, with reuse of the template's cached activations, and by the masked tokens alone.</summary>
/// <param name="Edits">Edits.</param>
/// <param name="MaskRatio">Share of the tokens that are masked.</param>
/// <param name="CachedSsim">SSIM of reuse against full inference: mean over edits, whole picture.</param>
/// <param name="CachedSsimInside">The same over the masked part alone.</param>
/// <param name="CropSsim">SSIM of the naive crop against full inference: mean over edits, whole picture.</param>
/// <param name="CropSsimInside">The same over the masked part alone.</param>
/// <param name="FullInside">Share of full edits with the prompt's object in the mask.</param>
/// <param name="CachedInside">Share of edits with reuse.</param>
/// <param name="CropInside">Share of naive crops.</param>
public sealed record ReuseScore(
    int Edits, double MaskRatio, double CachedSsim, double CachedSsimInside, double CropSsim, double CropSsimInside, double FullInside, double CachedInside, double CropInside);
