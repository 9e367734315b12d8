using SimServe.Policies;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Catalogue;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests.Catalogue;

/// <summary>Every number of the catalogue says where it comes from, and is possible.</summary>
public sealed class DeviceCatalogueTests
{
    private static IEnumerable<string> Names => DeviceCatalogue.Names;

    [TestCaseSource(nameof(Names))]
    public void Every_number_has_a_source(string name)
    {
        foreach (var (what, number) in NumbersOf(DeviceCatalogue.Find(name)))
        {
            Assert.That(number.Value, Is.GreaterThan(0), what);
            Assert.That(number.Source, Has.Length.GreaterThan(10), what);
        }
    }

    [TestCaseSource(nameof(Names))]
    public void Every_way_to_pay_has_one_price_and_a_date(string name)
    {
        var device = DeviceCatalogue.Find(name);
        Assert.That(device.Prices.Select(static price => price.Pricing), Is.EquivalentTo(Enum.GetValues<Pricing>()));
        Assert.That(device.Prices.Select(static price => price.AsOf), Is.All.GreaterThan(new DateOnly(2026, 1, 1)));
    }

    // What holds for every device, whatever the numbers: commitment is cheaper, waiting takes less power.
    [TestCaseSource(nameof(Names))]
    public void Commitment_is_cheaper_and_idleness_saves_power(string name)
    {
        var device = DeviceCatalogue.Find(name);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(device.PriceOf(Pricing.Reserved).UsdPerHour.Value, Is.LessThan(device.PriceOf(Pricing.OnDemand).UsdPerHour.Value));
            Assert.That(device.PriceOf(Pricing.Spot).UsdPerHour.Value, Is.LessThan(device.PriceOf(Pricing.OnDemand).UsdPerHour.Value));
            Assert.That(device.IdleWatts.Value, Is.LessThan(device.LoadWatts.Value));
        }
    }

    [TestCaseSource(nameof(Names))]
    public void Every_device_has_a_measurement_or_says_what_is_assumed(string name)
    {
        var device = DeviceCatalogue.Find(name);
        Assert.That((device.Anchor is null) != (device.Fallback is null), "one of the two");
        Assert.That(device.Anchor?.Source ?? device.Fallback!.Reason, Is.Not.Empty);
    }

    [Test]
    public void Names_are_unique_and_an_unknown_one_lists_them()
    {
        Assert.That(DeviceCatalogue.Names, Is.Unique);
        Assert.That(() => DeviceCatalogue.Find("H900"), Throws.ArgumentException.With.Message.Contains("H100, H200, H800, A100, A10, L40S"));
    }

    [Test]
    public void An_efficiency_without_a_known_shape_is_assumed_and_says_so()
    {
        var (share, provenance) = new CatalogueCosts(static (_, _) => null).Efficiency(DeviceCatalogue.Find("H100"));
        Assert.That((share, provenance.Kind), Is.EqualTo((0.5, Provenance.Analytic)));
        Assert.That(provenance.Statement, Does.Contain("assumed"));
    }

    [Test]
    public void A_device_without_a_measurement_takes_the_share_of_the_one_it_is_like()
    {
        var costs = new CatalogueCosts(static (_, _) => Large);
        var (like, own) = (costs.Efficiency(DeviceCatalogue.Find("H100")), costs.Efficiency(DeviceCatalogue.Find("H200")));
        Assert.That(own.Share, Is.EqualTo(like.Share));
        Assert.That((like.Provenance.Kind, own.Provenance.Kind), Is.EqualTo((Provenance.Published, Provenance.Analytic)));
    }

    // Any shape: the fit must give back the number it was fitted to, to the rounding of its steps.
    [Test]
    public void The_fit_reproduces_its_own_number()
    {
        var costs = new CatalogueCosts(static (_, _) => Large);
        foreach (var device in DeviceCatalogue.All.Where(static device => device.Anchor is not null))
        {
            var anchor = device.Anchor!;
            Assert.That(costs.Predict(device, anchor), Is.EqualTo(anchor.Seconds).Within(anchor.Steps * (Large.Blocks.Count + 2) * 1e-7), device.Name);
        }
    }

    // A fifth of Flux: faster than any anchor at full peak, slower at a thousandth.
    private static readonly ModelShape Large = TestWorkload.Model with
    {
        Blocks = [.. Enumerable.Repeat(new BlockShape(BlockKind.SingleStream, 3072, 24, 12288, 4096, 512), 12)],
    };

    private static IEnumerable<(string What, Sourced Number)> NumbersOf(DeviceEntry device) =>
    [
        ("peak", device.PeakFlopsPerSecond), ("memory", device.MemoryBytes), ("memory bandwidth", device.MemoryBytesPerSecond),
        ("link", device.LinkBytesPerSecond), ("load power", device.LoadWatts), ("idle power", device.IdleWatts),
        .. device.Prices.Select(static price => (price.Pricing.ToString(), price.UsdPerHour)),
    ];
}
