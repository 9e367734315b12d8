using SimServe.Cli.Reproductions.InstGenIE;

namespace SimServe.Cli.Tests.Reproductions;

/// <summary>The artifact's counter against numbers that it gave when it was run.</summary>
public sealed class FlashPSCounterTests
{
    [TestCase(0, 18.0)]
    [TestCase(0.01, 18.6)]
    [TestCase(0.05, 21.2)]
    [TestCase(0.11, 25.1)]
    [TestCase(0.19, 30.3)]
    [TestCase(0.20, 30.9)]
    [TestCase(0.35, 40.6)]
    [TestCase(0.50, 50.3)]
    [TestCase(0.90, 76.2)]
    [TestCase(1, 82.6)]
    public void A_step_of_flux_is_counted_as_the_artifact_counts_it(double mask, double teraflop) =>
        Assert.That(FlashPSCounter.FluxStep(PublishedProfiles.FluxShape, mask) / 1e3, Is.EqualTo(teraflop).Within(0.05));

    [TestCase(1, 4140.546639872)]
    [TestCase(0.2, 1170.07)]
    [TestCase(0.35, 1726.97)]
    public void A_step_of_ootdiffusion_is_counted_as_the_artifact_counts_it(double mask, double gigaflop) =>
        Assert.That(FlashPSCounter.OotdStep(mask), Is.EqualTo(gigaflop).Within(0.01).Percent);

    [Test]
    public void Cropping_everything_is_computing_everything() => Assert.That(FlashPSCounter.OotdCrop(1), Is.EqualTo(FlashPSCounter.OotdStep(1)).Within(1e-9));
}
