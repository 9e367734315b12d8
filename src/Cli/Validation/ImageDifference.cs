using SimServe.GpuBackend.Images;
using SimServe.Policies;
using SimServe.Simulator.Metrics;

namespace SimServe.Cli.Validation;

/// <summary>How far the images of reuse are from those of full inference, request by request.</summary>
internal sealed record ImageDifference(Distribution Ssim, Distribution Psnr)
{
    // Equal images have no finite PSNR; 100 dB stands for "no difference that 8 bits can show".
    private const double MostPsnr = 100;

    public static ImageDifference Of(
        IReadOnlyDictionary<RequestId, RgbImage> reuse, IReadOnlyDictionary<RequestId, RgbImage> full)
    {
        var both = reuse.Keys.Where(full.ContainsKey).OrderBy(static id => id.Value).ToArray();
        return new ImageDifference(
            Distribution.Of([.. both.Select(id => ImageQuality.Ssim(reuse[id], full[id]))]),
            Distribution.Of([.. both.Select(id => Math.Min(MostPsnr, ImageQuality.Psnr(reuse[id], full[id])))]));
    }
}
