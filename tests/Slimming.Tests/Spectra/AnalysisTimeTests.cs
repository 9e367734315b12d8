using System.Diagnostics;
using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Tests.Spectra;

/// <summary>How long the analysis of a U-Net of Stable Diffusion 1.5's shape takes: run by hand, it prints the README's table.</summary>
public sealed class AnalysisTimeTests
{
    // Units, weights of each, groups: interior convolutions of the residual blocks, gated feed-forward layers (value, gate and output column), heads (q, k, v, o).
    private static readonly (string What, int Units, int Samples, int Count)[] Groups =
    [
        ("convolution 320 -> 320", 320, 2880, 4), ("convolution 640 -> 320", 320, 5760, 2), ("convolution 960 -> 320", 320, 8640, 1),
        ("convolution 320 -> 640", 640, 2880, 1), ("convolution 640 -> 640", 640, 5760, 1), ("convolution 960 -> 640", 640, 8640, 1),
        ("convolution 1280 -> 640", 640, 11520, 1), ("convolution 1920 -> 640", 640, 17280, 1), ("convolution 640 -> 1280", 1280, 5760, 1),
        ("convolution 1280 -> 1280", 1280, 11520, 5), ("convolution 1920 -> 1280", 1280, 17280, 1), ("convolution 2560 -> 1280", 1280, 23040, 5),
        ("feed-forward 320", 1280, 960, 5), ("feed-forward 640", 2560, 1920, 5), ("feed-forward 1280", 5120, 3840, 6),
        ("heads 320", 8, 51200, 10), ("heads 640", 8, 204800, 10), ("heads 1280", 8, 819200, 12),
    ];

    [Test]
    [Explicit("takes a minute or two and 3 GB")]
    public void Stable_Diffusion()
    {
        var total = Stopwatch.StartNew();
        foreach (var (what, units, samples, count) in Groups)
        {
            var rows = new float[units * samples];
            var filled = Weights.Random(1, Math.Min(rows.Length, 1 << 20));
            for (var i = 0; i < rows.Length; i++)
            {
                rows[i] = filled[i % 1048573 % filled.Length] + (i / 1048573 * 0.1f);
            }

            var watch = Stopwatch.StartNew();
            for (var i = 0; i < count; i++)
            {
                Assert.That(Spectrum.OfRows(rows, units, new SpectrumOptions { Name = what }).Rank, Is.GreaterThan(0));
            }

            TestContext.Out.WriteLine($"{what}: {count} x {watch.Elapsed.TotalSeconds / count:F2} s");
        }

        TestContext.Out.WriteLine($"all {Groups.Sum(static group => group.Count)}: {total.Elapsed.TotalSeconds:F0} s, peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB");
        Assert.That(total.Elapsed, Is.LessThan(TimeSpan.FromMinutes(2)));
    }
}
