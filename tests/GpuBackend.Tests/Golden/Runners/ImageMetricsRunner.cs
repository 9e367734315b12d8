using System.Text.Json;
using SimServe.GpuBackend.Images;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Golden.Runners;

/// <summary>PSNR and SSIM of every pair of images, as scikit-image computes them.</summary>
internal sealed class ImageMetricsRunner : IGoldenRunner
{
    public IReadOnlyCollection<string> Kinds => ["image_metrics"];

    public void Run(GoldenRun run, GoldenChecks checks)
    {
        var tolerance = run.Json.GetProperty("tolerance");
        var (ssim, psnr) = (tolerance.GetProperty("ssim_abs").GetDouble(), tolerance.GetProperty("psnr_abs_db").GetDouble());
        using var pairs = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(run.Case.Folder, "expected.json")));
        foreach (var pair in pairs.RootElement.EnumerateArray())
        {
            var name = pair.GetProperty("name").GetString()!;
            var (first, second) = (Image(run, pair, "a"), Image(run, pair, "b"));
            checks.Equal($"{name}, size", [first.Width, first.Height], [.. pair.GetProperty("size").EnumerateArray().Select(static side => side.GetInt32())]);
            checks.Close($"{name}, SSIM", tensor(ImageQuality.Ssim(first, second)), tensor(pair.GetProperty("ssim").GetDouble()), ssim, 0);
            checks.Close(
                $"{name}, SSIM of the channels", tensor(ImageQuality.SsimOfChannels(first, second).ToArray()), tensor(Numbers(pair, "ssim_per_channel")), ssim, 0);
            ComparePsnr(name, ImageQuality.Psnr(first, second), pair.GetProperty("psnr"), psnr, checks);
        }
    }

    // Identical images have an infinite ratio, for which JSON has no number.
    private static void ComparePsnr(string name, double got, JsonElement want, double tolerance, GoldenChecks checks)
    {
        if (want.ValueKind == JsonValueKind.Null)
        {
            checks.Same($"{name}, PSNR", got, double.PositiveInfinity);
        }
        else
        {
            checks.Close($"{name}, PSNR", tensor(got), tensor(want.GetDouble()), tolerance, 0);
        }
    }

    private static RgbImage Image(GoldenRun run, JsonElement pair, string key) =>
        PngFile.Read(Path.Combine(run.Case.Folder, pair.GetProperty(key).GetString()!));

    private static double[] Numbers(JsonElement pair, string key) =>
        [.. pair.GetProperty(key).EnumerateArray().Select(static number => number.GetDouble())];
}
