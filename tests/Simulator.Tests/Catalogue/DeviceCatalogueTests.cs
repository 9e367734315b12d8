using SimServe.Simulator.Catalogue;

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
    public void Every_latency_says_who_measured_it(string name)
    {
        foreach (var latency in Latencies(DeviceCatalogue.Find(name)))
        {
            using (Assert.EnterMultipleScope())
            {
                Assert.That(latency.Seconds, Is.GreaterThan(0), latency.Label);
                Assert.That(latency.Steps, Is.GreaterThan(0), latency.Label);
                Assert.That(latency.Side % 64, Is.Zero, latency.Label);
                Assert.That(latency.By, Has.Length.InRange(4, 40), latency.Label);
                Assert.That(latency.Source, Has.Length.GreaterThan(10), latency.Label);
            }
        }
    }

    // One run must not stand on both sides: neither the same numbers, nor a source twice for a model.
    [TestCaseSource(nameof(Names))]
    public void Nothing_is_both_fitted_to_and_checked_against(string name)
    {
        var device = DeviceCatalogue.Find(name);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(device.Anchors.Select(static anchor => anchor.Model), Is.Unique, "one anchor a model");
            Assert.That(Latencies(device).Select(static latency => latency.Label), Is.Unique);
            Assert.That(Latencies(device).Select(static latency => (latency.Model, latency.Source)), Is.Unique);
        }
    }

    [TestCaseSource(nameof(Names))]
    public void Every_device_has_a_measurement_or_one_that_it_is_like(string name)
    {
        var device = DeviceCatalogue.Find(name);
        Assert.That(device.Anchors.Count > 0 || device.Similar is not null);
        if (device.Similar is { } similar)
        {
            Assert.That(similar.Name, Is.Not.EqualTo(name));
            Assert.That(DeviceCatalogue.Find(similar.Name).Anchors, Is.Not.Empty);
            Assert.That(similar.Reason, Has.Length.GreaterThan(10));
        }
    }

    [Test]
    public void Names_are_unique_and_an_unknown_one_lists_them()
    {
        Assert.That(DeviceCatalogue.Names, Is.Unique);
        Assert.That(() => DeviceCatalogue.Find("H900"), Throws.ArgumentException.With.Message.Contains("H100, H200, H800, A100, A10, L40S"));
    }

    private static IEnumerable<PublishedLatency> Latencies(DeviceEntry device) => device.Anchors.Concat(device.Checks);

    private static IEnumerable<(string What, Sourced Number)> NumbersOf(DeviceEntry device) =>
    [
        ("peak", device.PeakFlopsPerSecond), ("memory", device.MemoryBytes), ("memory bandwidth", device.MemoryBytesPerSecond),
        ("link", device.LinkBytesPerSecond), ("load power", device.LoadWatts), ("idle power", device.IdleWatts),
        .. device.Prices.Select(static price => (price.Pricing.ToString(), price.UsdPerHour)),
    ];
}
