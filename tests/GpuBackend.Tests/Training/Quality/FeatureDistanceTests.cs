using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Tests.Golden;
using SimServe.GpuBackend.Training.Quality;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.GpuBackend.Weights;
using SimServe.Policies;
using TorchSharp;

namespace SimServe.GpuBackend.Tests.Training.Quality;

/// <summary>The distance must order pictures whatever the weights; those that are trained are looked at where the repository's are.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class FeatureDistanceTests : IDisposable
{
    private readonly FeatureDistance _distance = new(new SceneJudge(WeightStore.Seeded(3, torch.ScalarType.Float32, torch.CPU)));

    [Test]
    public void Equal_pictures_are_not_apart() => Assert.That(_distance.Between(Scene(1), Scene(1)), Is.Zero);

    [Test]
    public void It_is_the_same_in_both_directions() =>
        Assert.That(_distance.Between(Scene(1), Scene(2)), Is.EqualTo(_distance.Between(Scene(2), Scene(1))).And.GreaterThan(0).And.LessThanOrEqualTo(24));

    [Test]
    public void More_noise_is_farther_away([Range(1, 5)] int number)
    {
        double[] distances = [.. new[] { 0, 4, 16, 64 }.Select(levels => _distance.Between(Noised(Scene(number), levels), Scene(number)))];
        Assert.That(distances, Is.Ordered.And.Unique);
    }

    [Test]
    public void Only_what_lies_within_the_mask_counts()
    {
        var (picture, edited) = (Scene(1), Mask(static (x, _) => x < 32));
        var other = new RgbImage(64, 64, [.. picture.Pixels.ToArray().Select(static (value, i) => i / 3 % 64 < 48 ? value : (byte)(255 - value))]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_distance.Between(picture, other), Is.GreaterThan(0));
            Assert.That(_distance.Between(picture, other, Mask(static (x, _) => x >= 48)), Is.GreaterThan(_distance.Between(picture, other, edited)));
            Assert.That(_distance.Between(picture, other, Mask(static (_, _) => true)), Is.EqualTo(_distance.Between(picture, other)).Within(1e-6));
        }
    }

    [Test]
    public void Pictures_of_two_sizes_are_refused() =>
        Assert.That(() => _distance.Between(Small.Noise(64, 64, 1), Small.Noise(64, 32, 1)), Throws.ArgumentException.With.Message.Contains("64x32"));

    [Test]
    public void The_network_beside_the_demo_model_is_taken_and_tells_another_object_from_a_little_noise()
    {
        using var trained = FeatureDistance.Beside(Path.Combine(GoldenFolder.Repository(), "models", "demo-flux"));
        Assert.That(trained, Is.Not.Null);
        Assert.That(trained!.Between(Scene(1), Scene(2)), Is.GreaterThan(2 * trained.Between(Scene(1), Noised(Scene(1), 2))));
    }

    [Test]
    public void A_model_without_a_network_beside_it_has_no_distance() => Assert.That(FeatureDistance.Beside(Path.Combine(Path.GetTempPath(), "nowhere", "model")), Is.Null);

    public void Dispose() => _distance.Dispose();

    private static RgbImage Scene(int number) => ScenePainter.Paint(new SceneSource(1, SceneSplit.HeldOut)[number]);

    private static PixelMask Mask(Func<int, int, bool> edited) => new(64, 64, [.. Enumerable.Range(0, 64 * 64).Select(i => edited(i % 64, i / 64))]);

    private static RgbImage Noised(RgbImage image, int levels)
    {
        var random = new RandomStream(7, "noise");
        return new RgbImage(image.Width, image.Height, [.. image.Pixels.ToArray().Select(value => (byte)Math.Clamp(value + (int)Math.Round(levels * random.NextGaussian()), 0, 255))]);
    }
}
