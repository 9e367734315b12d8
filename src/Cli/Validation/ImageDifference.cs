using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Training.Quality;
using SimServe.Policies;
using SimServe.Simulator.Metrics;

namespace SimServe.Cli.Validation;

/// <summary>How far the images of reuse are from those of full inference, request by request.</summary>
/// <param name="Ssim">Structural similarity.</param>
/// <param name="Psnr">Peak signal-to-noise ratio, dB.</param>
/// <param name="Features">Feature distance; empty where no network lies beside the model.</param>
/// <param name="Requests">The same for each request.</param>
internal sealed record ImageDifference(Distribution Ssim, Distribution Psnr, Distribution Features, IReadOnlyList<RequestDifference> Requests)
{
    // Equal images have no finite PSNR; 100 dB stands for "no difference that 8 bits can show".
    private const double MostPsnr = 100;

    public static ImageDifference Of(IReadOnlyDictionary<RequestId, RgbImage> reuse, IReadOnlyDictionary<RequestId, RgbImage> full, FeatureDistance? features = null)
    {
        RequestDifference[] both =
        [
            .. reuse.Keys.Where(full.ContainsKey).OrderBy(static id => id.Value).Select(id => new RequestDifference(
                id.Value, ImageQuality.Ssim(reuse[id], full[id]), Math.Min(MostPsnr, ImageQuality.Psnr(reuse[id], full[id])), features?.Between(reuse[id], full[id]))),
        ];
        return new ImageDifference(
            Distribution.Of([.. both.Select(static one => one.Ssim)]),
            Distribution.Of([.. both.Select(static one => one.Psnr)]),
            Distribution.Of([.. both.Select(static one => one.Features).OfType<double>()]),
            both);
    }
}

/// <summary>How far one request's image of reuse is from that of full inference.</summary>
/// <param name="Request">Its number.</param>
/// <param name="Ssim">Structural similarity.</param>
/// <param name="Psnr">Peak signal-to-noise ratio, dB, 100 at most.</param>
/// <param name="Features">Feature distance; <c>null</c> where no network lies beside the model.</param>
internal sealed record RequestDifference(int Request, double Ssim, double Psnr, double? Features);
