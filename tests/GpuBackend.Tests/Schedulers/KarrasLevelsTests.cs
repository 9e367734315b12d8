using SimServe.GpuBackend.Schedulers;

namespace SimServe.GpuBackend.Tests.Schedulers;

public sealed class KarrasLevelsTests
{
    [Test]
    public void Levels_fall_from_the_largest_to_the_least_with_evenly_spaced_seventh_roots()
    {
        var levels = KarrasLevels.Make(80, 0.002, 5);
        var roots = Array.ConvertAll(levels, static level => Math.Pow(level, 1.0 / 7));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((levels[0], levels[^1]), Is.EqualTo((80.0, 0.002)).Using<(double, double)>(static (one, other) => Near(one.Item1, other.Item1) && Near(one.Item2, other.Item2)));
            Assert.That(roots[2], Is.EqualTo((roots[0] + roots[4]) / 2).Within(1e-12));
            Assert.That(roots[1], Is.EqualTo((roots[0] + roots[2]) / 2).Within(1e-12));
        }
    }

    [Test]
    public void One_level_is_the_largest() => Assert.That(KarrasLevels.Make(80, 0.002, 1), Is.EqualTo(new[] { 80.0 }).Within(1e-9));

    private static bool Near(double one, double other) => Math.Abs(one - other) < 1e-9;
}
