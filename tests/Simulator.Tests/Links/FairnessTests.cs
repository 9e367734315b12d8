using CsCheck;
using SimServe.Simulator.Links;

namespace SimServe.Simulator.Tests.Links;

/// <summary>What must hold for any network and any sequence of starts, cancellations and changes of bandwidth.</summary>
public sealed class FairnessTests
{
    private const double Tolerance = 1e-9;

    private static readonly Gen<(int[] Bandwidths, int[][] Routes, (int Kind, int Pick, int Amount)[] Actions)> Cases = Gen.Select(
        Gen.Int[1, 1_000].Array[1, 8],
        Gen.Int[0, 7].Array[1, 4].Array[1, 8],
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 1_000], Gen.Int[1, 100_000]).Array[1, 60]);

    [Test]
    public void No_link_exceeds_its_bandwidth_every_transfer_has_a_bottleneck_and_every_byte_is_counted()
    {
        var checkedRates = 0;
        foreach (var (bandwidths, routes, actions) in FixedSample.Of(Cases, 400))
        {
            var run = new NetworkRun(bandwidths, routes);
            foreach (var (kind, pick, amount) in actions)
            {
                run.Do(kind, pick, amount);
                checkedRates += CheckRates(run);
            }

            CheckBytes(run);
        }

        Assert.That(checkedRates, Is.GreaterThan(10_000), "the samples must not be idle networks");
    }

    /// <summary>Rates are max-min fair exactly if each transfer crosses a full link on which nobody gets more than it.</summary>
    private static int CheckRates(NetworkRun run)
    {
        foreach (var link in run.Network.Links)
        {
            Assert.That(LoadOf(run, link), Is.LessThanOrEqualTo(link.BytesPerSecond * (1 + Tolerance)), link.Name);
        }

        var busy = run.Routes.Where(static route => route.ActiveTransfers > 0).ToArray();
        foreach (var route in busy)
        {
            Assert.That(
                route.Links.Any(link =>
                    LoadOf(run, link) >= link.BytesPerSecond * (1 - Tolerance)
                    && busy.All(other => !other.Links.Contains(link) || other.BytesPerSecondEach <= route.BytesPerSecondEach * (1 + Tolerance))),
                "a bottleneck");
        }

        return busy.Length;
    }

    private static double LoadOf(NetworkRun run, Link link) => run.Routes
        .Where(route => route.Links.Contains(link))
        .Sum(static route => route.ActiveTransfers * route.BytesPerSecondEach);

    private static void CheckBytes(NetworkRun run)
    {
        run.Finish();
        foreach (var link in run.Network.Links)
        {
            Assert.That(link.ActiveTransfers, Is.Zero);
            Assert.That(link.BytesMoved, Is.EqualTo(run.MovedOver(link)), link.Name);
            Assert.That(link.BytesMoved, Is.LessThanOrEqualTo(run.MostOver(link) * (1 + Tolerance)), "never faster than its bandwidth");
        }
    }
}
