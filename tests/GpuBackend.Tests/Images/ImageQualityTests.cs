using System.Text.Json;
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

    [Test]
    public void The_marks_are_those_of_scikit_image()
    {
        var folder = Path.Combine(GoldenFolder() ?? string.Empty, "metrics");
        if (!Directory.Exists(folder))
        {
            Assert.Ignore("The golden reference data (../shared/golden beside the repository) is not on this machine.");
        }

        using var expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json")));
        using (Assert.EnterMultipleScope())
        {
            foreach (var pair in expected.RootElement.EnumerateArray())
            {
                AssertMarks(folder, pair);
            }
        }
    }

    private static void AssertMarks(string folder, JsonElement pair)
    {
        var name = pair.GetProperty("name").GetString();
        var first = PngFile.Read(Path.Combine(folder, pair.GetProperty("a").GetString()!));
        var second = PngFile.Read(Path.Combine(folder, pair.GetProperty("b").GetString()!));
        var psnr = pair.GetProperty("psnr");
        Assert.That(ImageQuality.Ssim(first, second), Is.EqualTo(pair.GetProperty("ssim").GetDouble()).Within(1e-5), name);
        Assert.That(
            ImageQuality.Psnr(first, second),
            psnr.ValueKind == JsonValueKind.Null ? Is.EqualTo(double.PositiveInfinity) : Is.EqualTo(psnr.GetDouble()).Within(1e-4),
            name);
    }

    private static string? GoldenFolder()
    {
        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SimServe.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.Parent is { } parent ? Path.Combine(parent.FullName, "shared", "golden") : null;
    }
}
