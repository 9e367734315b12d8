using SimServe.GpuBackend.Images;
using SimServe.Policies;

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

    [Test]
    public void Only_what_lies_within_the_mask_counts()
    {
        var picture = Small.Noise(64, 64, 1);
        var other = new RgbImage(64, 64, [.. picture.Pixels.ToArray().Select(static (value, i) => i / 3 % 64 < 40 ? value : (byte)(value ^ 64))]);
        var (left, right, all) = (Mask(static x => x < 20), Mask(static x => x >= 40), Mask(static _ => true));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ImageQuality.Ssim(picture, other, left), Is.EqualTo(1).Within(1e-12));
            Assert.That(ImageQuality.Psnr(picture, other, left), Is.EqualTo(double.PositiveInfinity));
            Assert.That(ImageQuality.Ssim(picture, other, right), Is.LessThan(ImageQuality.Ssim(picture, other)));
            Assert.That(ImageQuality.Psnr(picture, other, right), Is.EqualTo(20 * Math.Log10(255.0 / 64)).Within(1e-9));
            Assert.That(ImageQuality.Ssim(picture, other, all), Is.EqualTo(ImageQuality.Ssim(picture, other)).Within(1e-12));
            Assert.That(ImageQuality.Psnr(picture, other, all), Is.EqualTo(ImageQuality.Psnr(picture, other)).Within(1e-12));
        }
    }

    private static PixelMask Mask(Func<int, bool> edited) => new(64, 64, [.. Enumerable.Range(0, 64 * 64).Select(i => edited(i % 64))]);
}
