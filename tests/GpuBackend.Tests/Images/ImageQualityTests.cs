using SimServe.GpuBackend.Images;

namespace SimServe.GpuBackend.Tests.Images;

public sealed class ImageQualityTests
{
    [Test]
    public void Identical_images_have_the_best_marks()
    {
        var image = Small.Noise(20, 30, 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ImageQuality.Ssim(image, image), Is.EqualTo(1).Within(1e-12));
            Assert.That(ImageQuality.Psnr(image, image), Is.EqualTo(double.PositiveInfinity));
        }
    }

    [Test]
    public void Images_of_different_sizes_are_refused() => Assert.That(
        () => ImageQuality.Ssim(Small.Noise(20, 30, 1), Small.Noise(30, 20, 1)),
        Throws.ArgumentException.With.Message.Contains("20x30").And.Message.Contains("30x20"));

    [Test]
    public void Images_smaller_than_the_window_are_refused() => Assert.That(
        () => ImageQuality.Ssim(Small.Noise(10, 30, 1), Small.Noise(10, 30, 1)), Throws.ArgumentException.With.Message.Contains("11x11"));
}
