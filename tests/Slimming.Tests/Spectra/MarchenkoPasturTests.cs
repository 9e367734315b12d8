using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Tests.Spectra;

public sealed class MarchenkoPasturTests
{
    private static readonly double[] Thresholds = [0.8, 0.9, 0.95, 0.99];

    // The table of published layers, per cent of the units, whose rows are centred (its caps are (k - 1) / n).
    [TestCase(64, 27, new[] { 22.0, 28, 33, 38 }, TestName = "VGG conv1_1")]
    [TestCase(64, 576, new[] { 68.0, 82, 90, 98 }, TestName = "VGG conv1_2")]
    [TestCase(128, 576, new[] { 62.0, 77, 87, 97 }, TestName = "VGG conv2_1")]
    [TestCase(128, 27, new[] { 13.0, 16, 18, 20 }, TestName = "DDPM conv_in")]
    [TestCase(256, 4608, new[] { 72.0, 85, 92, 98 }, TestName = "UNet up block 512 to 256")]
    [TestCase(256, 512, new[] { 51.0, 66, 78, 93 }, TestName = "UNet 1x1 skip 512 to 256")]
    [TestCase(1152, 1152, new[] { 39.0, 51, 61, 77 }, TestName = "attention projections")]
    [TestCase(4608, 1152, new[] { 15.0, 19, 21, 24 }, TestName = "DiT-XL/2 fc1 rows")]
    [TestCase(4608, 2304, new[] { 26.0, 33, 39, 46 }, TestName = "DiT-XL/2 fc1 rows and fc2 columns")]
    [TestCase(3456, 1152, new[] { 19.0, 24, 28, 32 }, TestName = "DiT-XL/2 fused qkv")]
    [TestCase(6912, 1152, new[] { 11.0, 13, 15, 16 }, TestName = "DiT-XL/2 adaLN")]
    public void KeptFraction_is_that_of_the_table(int units, int samples, double[] percent) =>
        Assert.That(Thresholds.Select(threshold => 100 * MarchenkoPastur.KeptFraction(units, samples - 1, threshold)), Is.EqualTo(percent).Within(0.75));

    [Test]
    public void Keep_is_within_three_points_of_a_sampled_layer(
        [Values(48, 64, 200)] int units, [Values(0.25, 0.5, 1, 2, 9)] double samplesPerUnit, [Values(0.5, 0.8, 0.95, 0.99)] double threshold)
    {
        var spectrum = Spectrum.OfRows(Weights.Random(units, (int)(units * samplesPerUnit), 7), units);
        var expected = MarchenkoPastur.Keep(units, spectrum.DegreesOfFreedom, threshold);
        Assert.That((double)spectrum.Keep(threshold) / units, Is.EqualTo((double)expected / units).Within(0.03));
    }

    [TestCase(100, 400, 100)]
    [TestCase(100, 100, 100)]
    [TestCase(400, 100, 100)]
    public void All_of_the_variance_takes_as_many_as_can_differ(int units, int samples, int kept) =>
        Assert.That(MarchenkoPastur.Keep(units, samples, 1), Is.EqualTo(kept));

    [Test]
    public void Keep_never_falls_as_the_threshold_grows([Values(1, 10, 100)] int units, [Values(1, 30, 1000)] int samples)
    {
        var kept = Enumerable.Range(1, 200).Select(share => MarchenkoPastur.Keep(units, samples, share / 200.0)).ToArray();
        Assert.That(kept, Is.Ordered);
        Assert.That(kept[0], Is.GreaterThanOrEqualTo(1));
        Assert.That(kept[^1], Is.EqualTo(Math.Min(units, samples)));
    }

    [TestCase(200, 1800)]
    [TestCase(200, 300)]
    [TestCase(300, 200)]
    public void Noise_is_measured_beside_a_few_strong_directions_and_they_are_counted(int units, int samples)
    {
        var noise = Weights.Random(units, samples, 3);
        var spectrum = Spectrum.OfRows(noise.Plus(Weights.OfRank(6, units, samples, 11), 2), units);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(MarchenkoPastur.NoiseVariance(spectrum), Is.EqualTo(1).Within(6).Percent);
            Assert.That(MarchenkoPastur.AboveEdge(spectrum), Is.EqualTo(6));
            Assert.That(MarchenkoPastur.AboveEdge(Spectrum.OfRows(noise, units)), Is.LessThanOrEqualTo(1), "the largest of a finite layer lies near the edge");
        }
    }

    [Test]
    public void Edges_are_the_law_s()
    {
        var (lower, upper) = MarchenkoPastur.Edges(25, 100, 2);
        Assert.That((lower, upper), Is.EqualTo((0.5, 4.5)));
    }

    [Test]
    public void Half_of_the_energies_lie_above_the_median([Values(50, 100, 200)] int units)
    {
        var spectrum = Spectrum.OfRows(Weights.Random(units * 4, 401, 2), units * 4);
        var count = Math.Min(units * 4, 400);
        var median = MarchenkoPastur.Median(units * 4, 400);
        Assert.That(spectrum.Energies.Count(energy => energy > median), Is.EqualTo(count / 2).Within(count / 50));
    }

    [TestCase(0, 1, 0.5)]
    [TestCase(1, 0, 0.5)]
    [TestCase(1, 1, 0)]
    [TestCase(1, 1, 1.5)]
    [TestCase(1, 1, double.NaN)]
    public void Layers_and_thresholds_that_are_none_are_refused(int units, int samples, double threshold) =>
        Assert.That(() => MarchenkoPastur.Keep(units, samples, threshold), Throws.InstanceOf<ArgumentOutOfRangeException>());
}
