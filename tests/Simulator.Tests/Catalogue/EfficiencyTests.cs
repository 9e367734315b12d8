using SimServe.Policies;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Catalogue;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests.Catalogue;

/// <summary>Which measurement a device's share of the peak comes from.</summary>
public sealed class EfficiencyTests
{
    private static readonly DeviceEntry H100 = DeviceCatalogue.Find("H100");

    // Two UNets and two transformers, small enough for every time below.
    private static readonly ModelShape[] Models =
    [
        Shape("sd15", 860_000_000, BlockKind.CrossAttention),
        Shape("sdxl", 2_567_000_000, BlockKind.CrossAttention),
        Shape("sd3-medium", 2_028_000_000, BlockKind.Joint),
        Shape("flux-dev", 11_901_000_000, BlockKind.DoubleStream),
    ];

    private static readonly CatalogueCosts Costs = new(static (name, _) => Models.FirstOrDefault(model => model.Name == name));

    [Test]
    public void A_model_with_an_anchor_takes_its_own()
    {
        var device = With(Latency("sd15", 10), Latency("sdxl", 5));
        var (own, other) = (Costs.EfficiencyOf(device, Models[0]), Costs.EfficiencyOf(device, Models[1]));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((own.Provenance.Kind, other.Provenance.Kind), Is.EqualTo((Provenance.Published, Provenance.Published)));
            Assert.That((own.Anchor, other.Anchor), Is.EqualTo((device.Anchors[0], device.Anchors[1])));
            Assert.That(own.Share, Is.LessThan(other.Share));
        }
    }

    [Test]
    public void One_without_takes_that_of_the_nearest_of_its_kind_and_says_so()
    {
        var device = With(Latency("sd3-medium", 3), Latency("sd15", 10), Latency("sdxl", 5));
        var efficiency = Costs.EfficiencyOf(device, Shape("sd21", 866_000_000, BlockKind.Convolution));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(efficiency.Provenance.Kind, Is.EqualTo(Provenance.Analytic));
            Assert.That((efficiency.Anchor!.Model, efficiency.Basis), Is.EqualTo(("sd15", "as sd15")));
            Assert.That(efficiency.Provenance.Statement, Does.Contain("no latency of sd21 on an own is cited").And.Contain("sd15 512x512, 50 steps in 10 s (a source)"));
        }
    }

    // flux-dev stands on the like device and sdxl here: the kind of model matters more than the device.
    [Test]
    public void Where_no_anchor_is_of_its_kind_the_similar_device_comes_before_another_kind()
    {
        var device = With(Latency("sdxl", 5));
        var alone = Costs.EfficiencyOf(device, Models[3]);
        var similar = Costs.EfficiencyOf(device with { Similar = new SimilarDevice("H100", "a reason") }, Models[3]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((alone.Basis, alone.Provenance.Kind), Is.EqualTo(("as sdxl, of another kind", Provenance.Analytic)));
            Assert.That((similar.Basis, similar.Provenance.Kind), Is.EqualTo(("as on H100", Provenance.Analytic)));
            Assert.That(similar.Share, Is.EqualTo(Costs.EfficiencyOf(H100, Models[3]).Share));
            Assert.That(similar.Provenance.Statement, Does.Contain("assumed as on H100: a reason"));
        }
    }

    [Test]
    public void Without_any_known_shape_it_is_assumed_and_says_so()
    {
        var efficiency = new CatalogueCosts(static (_, _) => null).EfficiencyOf(H100, Models[3]);
        Assert.That((efficiency.Share, efficiency.Provenance.Kind, efficiency.Anchor), Is.EqualTo((0.5, Provenance.Analytic, (PublishedLatency?)null)));
        Assert.That(efficiency.Provenance.Statement, Does.Contain("assumed"));
    }

    [Test]
    public void A_latency_that_the_peak_does_not_allow_is_a_fault() => Assert.That(
        () => Costs.EfficiencyOf(With(Latency("sdxl", 0.05)), Models[1]),
        Throws.ArgumentException.With.Message.Contains("sdxl 512x512, 50 steps in 0.05 s on own is faster than its peak allows"));

    [Test]
    public void The_cost_model_is_built_with_the_share()
    {
        var (costs, provenance) = Costs.Of(H100, Models[3]);
        var efficiency = Costs.EfficiencyOf(H100, Models[3]);
        var block = Models[3].Blocks[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(provenance, Is.EqualTo(efficiency.Provenance));
            Assert.That(
                costs.Compute(block.Kind, block.PlainWork()).TotalSeconds,
                Is.EqualTo(block.PlainWork().Flops / (efficiency.Share * H100.PeakFlopsPerSecond.Value)).Within(1e-7));
        }
    }

    private static DeviceEntry With(params PublishedLatency[] anchors) => H100 with { Name = "own", Anchors = anchors, Checks = [] };

    private static PublishedLatency Latency(string model, double seconds) => new()
    {
        Model = model, Side = 512, Steps = 50, Seconds = seconds, EndToEnd = false, By = "somebody", Source = "a source",
    };

    // A Flux block's work under any kind's name.
    private static ModelShape Shape(string name, long parameters, BlockKind kind)
    {
        var work = new BlockShape(BlockKind.DoubleStream, 3072, 24, 12288, 4096, 512).Work;
        return TestWorkload.Model with
        {
            Name = name,
            Parameters = parameters,
            Blocks = [.. Enumerable.Repeat(new BlockShape(kind, 3072, 4096, 512, work), 2)],
        };
    }
}
