using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Pipelines;
using SimServe.Policies;

namespace SimServe.Benchmarks.Families;

/// <summary>Edits in one way, against full inference.</summary>
internal sealed class Tally
{
    private readonly List<double> _recording = [];
    private readonly List<double> _denoising = [];
    private readonly List<double> _whole = [];
    private readonly List<double> _box = [];

    public void Add((double Seconds, ReuseTimes? Reuse, IReadOnlyList<RgbImage> Images) run, IReadOnlyList<RgbImage> expected, PixelMask mask)
    {
        _recording.Add(run.Reuse!.Recording.TotalSeconds);
        _denoising.Add(run.Reuse.Denoising.TotalSeconds);
        for (var i = 0; i < expected.Count; i++)
        {
            _whole.Add(ImageQuality.Ssim(run.Images[i], expected[i]));
            _box.Add(ImageQuality.Ssim(Box(run.Images[i], mask), Box(expected[i], mask)));
        }
    }

    public string Row(double ratio, int batch, string way, double full, double operations)
    {
        var cached = FamiliesStudy.Median(_denoising);
        return FamiliesStudy.Row(ratio, batch, way, full, FamiliesStudy.Median(_recording), cached, full / cached, operations, _whole.Average(), _box.Average());
    }

    private static RgbImage Box(RgbImage image, PixelMask mask)
    {
        int[] inside = [.. Enumerable.Range(0, mask.Edited.Length).Where(i => mask.Edited[i])];
        var (left, right) = (inside.Min(i => i % mask.Width), inside.Max(i => i % mask.Width));
        var (top, bottom) = (inside[0] / mask.Width, inside[^1] / mask.Width);
        var width = right - left + 1;
        var pixels = new byte[3 * width * (bottom - top + 1)];
        for (var y = top; y <= bottom; y++)
        {
            image.Pixels.Slice(3 * ((y * image.Width) + left), 3 * width).CopyTo(pixels.AsSpan(3 * width * (y - top)));
        }

        return new RgbImage(width, bottom - top + 1, pixels);
    }
}
