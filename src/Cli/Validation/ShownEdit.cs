using SimServe.GpuBackend.Images;
using SimServe.Policies;

namespace SimServe.Cli.Validation;

/// <summary>An edit that a validation shows: what went in, and what came out in three ways; <c>null</c> where it failed.</summary>
internal sealed record ShownEdit(RgbImage Template, PixelMask Mask, string Prompt, ShownImage? Full, ShownImage? Reuse, ShownImage? Crop)
{
    // SSIM of reuse and of the naive crop against the baseline's picture.
    public (double? Reuse, double? Crop) Ssim { get; } = (Against(Full, Reuse), Against(Full, Crop));

    private static double? Against(ShownImage? full, ShownImage? picture) => full is not null && picture is not null ? ImageQuality.Ssim(picture.Image, full.Image) : null;
}
