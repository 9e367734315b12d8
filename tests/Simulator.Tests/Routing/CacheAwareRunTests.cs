using SimServe.Policies;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests.Routing;

/// <summary>Routing by predicted completion with what templates cost, in whole runs.</summary>
public sealed class CacheAwareRunTests
{
    private static readonly long TemplateBytes = TestWorkload.Model.TemplateCacheBytes(8);

    // Four hosts with room for 6 of 24 templates each; the rest comes from disks that take a second for one.
    [Test]
    public void Where_templates_come_from_slow_disks_it_beats_routers_that_know_less(
        [Values("mask-aware", "template-affinity", "least-requests")] string other, [Values(3, 6)] double load, [Values(1, 2, 3, 4, 5)] int seed) =>
        Assert.That(Mean(Tiers, "cache-aware", load, seed), Is.LessThan(0.95 * Mean(Tiers, other, load, seed)));

    // Near saturation a queue at a host with the template may be the better place, which predictions of one request's own finish do not see: template-affinity wins some runs there.
    [Test]
    public void Near_saturation_it_still_beats_those_that_do_not_look_at_templates([Values("mask-aware", "least-requests")] string other, [Values(1, 2, 3, 4, 5)] int seed) =>
        Assert.That(Mean(Tiers, "cache-aware", 9, seed), Is.LessThan(0.5 * Mean(Tiers, other, 9, seed)));

    [Test]
    public void Without_tiers_it_decides_as_mask_aware_does()
    {
        string Trace(string routing) => TestWorkload.Trace(Simulation(new HostOptions(), routing, 12, 1).Run().Serving);
        Assert.That(Trace("cache-aware"), Is.EqualTo(Trace("mask-aware")));
    }

    private static HostOptions Tiers => new()
    {
        MemoryBytes = 6 * TemplateBytes,
        DiskBytes = 24 * TemplateBytes,
        DiskBytesPerSecond = TemplateBytes / 1.0,
    };

    private static double Mean(HostOptions host, string routing, double load, int seed) => Simulation(host, routing, load, seed).Run().Serving.Records
        .Average(static record => (record.FinishedAt - record.ArrivedAt).TotalSeconds);

    private static Simulation Simulation(HostOptions host, string routing, double ratePerSecond, int seed)
    {
        // Popular templates are asked for more often.
        var stream = new RandomStream(seed, "templates");
        Request[] requests = [.. TestWorkload.Poisson(500, ratePerSecond, seed).Select(request => request with { Template = new TemplateId((int)(24 * Math.Pow(stream.NextDouble(), 2))) })];
        return TestWorkload.Simulation(requests, 4, new PolicyOptions { Routing = routing, MaxBatchSize = 4 }) with
        {
            Fleet = SimulatedFleet.Of(TestWorkload.Device, new TestCosts(), 4, perHost: 1) with { Host = host },
        };
    }
}
