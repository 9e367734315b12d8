namespace SimServe.Policies.Tests;

public sealed class RandomStreamTests
{
    [Test]
    public void Same_seed_and_name_give_the_same_numbers_and_others_do_not()
    {
        ulong[] Draw(long seed, string name)
        {
            var stream = new RandomStream(seed, name);
            return [.. Enumerable.Range(0, 8).Select(_ => stream.NextBits())];
        }

        Assert.That(Draw(1, "arrivals"), Is.EqualTo(Draw(1, "arrivals")));
        Assert.That(Draw(1, "arrivals"), Is.Not.EqualTo(Draw(2, "arrivals")));
        Assert.That(Draw(1, "arrivals"), Is.Not.EqualTo(Draw(1, "masks")));
    }

    [Test]
    public void The_numbers_never_change_between_versions() =>
        Assert.That(new RandomStream(42, "arrivals").NextBits(), Is.EqualTo(FirstBits), "committed results depend on them");

    [Test]
    public void Uniform_numbers_have_the_moments_of_the_uniform_distribution()
    {
        var stream = new RandomStream(3, "test");
        var sample = Enumerable.Range(0, 100_000).Select(_ => stream.NextDouble()).ToArray();

        // Four standard errors: 1/sqrt(12 n) and sqrt(1/180 n).
        Assert.That(sample.Average(), Is.EqualTo(0.5).Within(4 * Math.Sqrt(1.0 / 12 / sample.Length)));
        Assert.That(sample.Average(static x => (x - 0.5) * (x - 0.5)), Is.EqualTo(1.0 / 12).Within(4 * Math.Sqrt(1.0 / 180 / sample.Length)));
        Assert.That(sample, Has.All.InRange(0.0, 1.0).And.All.LessThan(1.0));
    }

    private const ulong FirstBits = 2198915308645914549;
}
