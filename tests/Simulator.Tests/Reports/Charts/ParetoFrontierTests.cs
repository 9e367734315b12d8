using CsCheck;
using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Tests.Reports.Charts;

public sealed class ParetoFrontierTests
{
    // Few different values, so that ties of every sort come up.
    private static readonly Gen<(double, double)[]> Points = Gen.Select(Gen.Int[0, 8].Select(static x => (double)x), Gen.Int[0, 8].Select(static y => (double)y)).Array[0, 40];

    [Test]
    public void Of_is_what_nobody_dominates() =>
        Gen.Select(Points, Gen.Bool, Gen.Bool).Sample(static (points, lowerXIsBetter, higherYIsBetter) =>
        {
            var expected = points.Select(point => !points.Any(other => Dominates(other, point, lowerXIsBetter, higherYIsBetter)));
            Assert.That(ParetoFrontier.Of(points, lowerXIsBetter, higherYIsBetter), Is.EqualTo(expected));
        }, iter: 500);

    private static bool Dominates((double X, double Y) one, (double X, double Y) other, bool lowerXIsBetter, bool higherYIsBetter)
    {
        var x = lowerXIsBetter ? other.X - one.X : one.X - other.X;
        var y = higherYIsBetter ? one.Y - other.Y : other.Y - one.Y;
        return x >= 0 && y >= 0 && (x > 0 || y > 0);
    }
}
