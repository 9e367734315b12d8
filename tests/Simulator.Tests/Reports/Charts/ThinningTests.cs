using CsCheck;
using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Tests.Reports.Charts;

public sealed class ThinningTests
{
    private static readonly Gen<double> Value = Gen.Frequency((20, Gen.Double[-1e6, 1e6]), (1, Gen.Const(double.NaN)));

    [Test]
    public void Keep_holds_ends_extremes_and_bound() =>
        Gen.Select(Value.Array[1, 3_000], Gen.Int[50, 400]).Sample(static (values, most) =>
        {
            var kept = Thinning.Keep(values.Length, most, values);
            var known = values.Where(double.IsFinite).ToArray();
            Assert.That(kept, Has.Length.LessThanOrEqualTo(most).And.Ordered.And.Unique);
            Assert.That((kept[0], kept[^1]), Is.EqualTo((0, values.Length - 1)));
            if (known.Length > 0)
            {
                Assert.That(kept.Select(index => values[index]), Does.Contain(known.Min()).And.Contain(known.Max()));
            }
        }, iter: 300);

    [Test]
    public void Keep_holds_the_extremes_of_every_column() =>
        Gen.Double[-1e6, 1e6].Array[3 * 500].Sample(static values =>
        {
            double[][] columns = [values[..500], values[500..1000], values[1000..]];
            var kept = Thinning.Keep(500, 100, columns);
            foreach (var column in columns)
            {
                Assert.That(kept.Select(index => column[index]), Does.Contain(column.Min()).And.Contain(column.Max()));
            }
        }, iter: 100);

    [Test]
    public void Keep_leaves_a_short_series_alone()
    {
        double[] values = [.. Enumerable.Range(0, 50).Select(static index => (double)index)];
        Assert.That(Thinning.Keep(50, 50, values), Is.EqualTo(Enumerable.Range(0, 50)));
    }

    [Test]
    public void Keep_lets_a_gap_in_every_stretch_survive()
    {
        double[] values = [.. Enumerable.Range(0, 10_000).Select(static index => index == 4_321 ? double.NaN : index)];
        Assert.That(Thinning.Keep(values.Length, 200, values), Does.Contain(4_321));
    }

    [Test]
    public void Keep_of_nothing_is_nothing() => Assert.That(Thinning.Keep(0, 50, Array.Empty<double>()), Is.Empty);
}
