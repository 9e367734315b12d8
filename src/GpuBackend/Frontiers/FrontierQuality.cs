using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Training.Quality;
using SimServe.Policies;

namespace SimServe.GpuBackend.Frontiers;

/// <summary>How near an edit is to full inference.</summary>
/// <param name="Ssim">Structural similarity.</param>
/// <param name="Psnr">Peak signal-to-noise ratio, dB, 100 at most: equal images have no finite one.</param>
/// <param name="Features">Feature distance; <c>null</c> without a network.</param>
public sealed record FrontierQuality(double Ssim, double Psnr, double? Features)
{
    private const double MostPsnr = 100;

    /// <summary>Compares two pictures.</summary>
    internal static FrontierQuality Of(RgbImage edit, RgbImage full, FeatureDistance? features, PixelMask? within) => new(
        ImageQuality.Ssim(edit, full, within), Math.Min(MostPsnr, ImageQuality.Psnr(edit, full, within)), features?.Between(edit, full, within));

    /// <summary>The mean of several.</summary>
    internal static FrontierQuality Mean(IReadOnlyList<FrontierQuality> edits) => new(
        edits.Average(static one => one.Ssim), edits.Average(static one => one.Psnr), edits[0].Features is null ? null : edits.Average(static one => one.Features!.Value));
}
