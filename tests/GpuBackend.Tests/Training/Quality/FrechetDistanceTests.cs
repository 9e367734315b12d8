using SimServe.GpuBackend.Training.Quality;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Training.Quality;

public sealed class FrechetDistanceTests
{
    private const int Many = 20_000;

    [Test]
    public void A_set_is_at_no_distance_from_itself()
    {
        using var features = Normal(1, 5, 1, 0);
        Assert.That(FrechetDistance.Of(features, features), Is.EqualTo(0).Within(1e-9));
    }

    [Test]
    public void Of_normal_sets_it_is_what_the_formula_gives()
    {
        // Independent channels: the sum of (difference of means)^2 + (difference of deviations)^2.
        using var one = Normal(1, 5, 1, 0);
        using var other = Normal(2, 5, 3, 2);
        Assert.That(FrechetDistance.Of(one, other), Is.EqualTo(5 * (4 + 4)).Within(0.5));
    }

    [Test]
    public void It_is_the_same_in_both_directions()
    {
        using var one = Normal(1, 4, 1, 0);
        using var other = Normal(2, 4, 2, 1);
        Assert.That(FrechetDistance.Of(one, other), Is.EqualTo(FrechetDistance.Of(other, one)).Within(1e-9));
    }

    [Test]
    public void Sets_of_other_widths_are_refused()
    {
        using var one = zeros(3, 4);
        using var other = zeros(3, 5);
        Assert.That(() => FrechetDistance.Of(one, other), Throws.ArgumentException.With.Message.Contains("[3, 5]"));
    }

    private static Tensor Normal(ulong seed, int width, double deviation, double mean)
    {
        using var generator = new Generator(seed);
        return randn([Many, width], generator: generator).mul(deviation).add(mean);
    }
}
