using SimServe.GpuBackend.Frontiers;
using SimServe.GpuBackend.Pipelines;
using SimServe.Policies;
using SimServe.Policies.Costs;

namespace SimServe.GpuBackend.Tests.Frontiers;

[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class FrontierMeasurementTests : IDisposable
{
    private const int Steps = 4;

    private readonly TinyFluxFolder _folder = new();

    [Test]
    public void Every_setting_is_measured_and_those_that_compute_everything_are_full_inference()
    {
        var config = FluxFolder.Read(_folder.Location);
        CacheFormat[] caches = [default, new CacheFormat(CacheVariant.KeysValues, CacheNumbers.Int8)];
        var options = new FrontierOptions { Grid = new FrontierGrid([0.1, 0.3], caches, [0, 1], [0, 8]), Edits = 2, Steps = Steps, LinkBytesPerSecond = 1e9, Seed = 1 };
        var (settings, full) = new FrontierMeasurement(config, null, options).Run();
        var everything = settings.Where(static one => one.Setting is { Refresh: 1 } or { Margin: 8 }).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(settings.Select(static one => one.Setting), Is.EquivalentTo(options.Grid.MaskRatios.SelectMany(options.Grid.Of)));
            Assert.That(full, Is.GreaterThan(0));
            Assert.That(everything.Select(static one => one.Whole.Ssim), Is.All.GreaterThan(0.9999));
            Assert.That(everything.Select(static one => one.OperationShare), Is.All.EqualTo(1).Within(1e-9));
            Assert.That(everything.Where(static one => one.Setting.Refresh == 1).Select(static one => one.Bytes), Is.All.Zero);
            Assert.That(settings.Select(static one => one.Inside.Features), Is.All.Null);
            Assert.That(settings.Select(static one => one.Seconds), Is.All.GreaterThan(0));
            Assert.That(options.Grid.MaskRatios.Select(ratio => settings.Count(one => one.Setting.MaskRatio == ratio && one.IsOnFront)), Is.All.GreaterThan(0));
        }
    }

    [Test]
    public void Loaded_bytes_are_those_that_policies_reckon_with([Values] CacheVariant variant, [Values(CacheNumbers.AsModel, CacheNumbers.Float8)] CacheNumbers numbers)
    {
        var cache = new CacheFormat(variant, numbers);
        var config = FluxFolder.Read(_folder.Location) with { Cache = cache };
        var options = new FrontierOptions { Grid = new FrontierGrid([0.2], [cache], [3], [1]), Edits = 1, Steps = Steps, LinkBytesPerSecond = 1e9, Seed = 2 };
        var one = new FrontierMeasurement(config, null, options).Run().Settings.Single();
        BlockMode[] modes = [.. Enumerable.Repeat(BlockMode.Cached, config.Transformer.Blocks)];
        var computed = (int)Math.Round(one.ComputedShare * config.Grid.Count);
        using (Assert.EnterMultipleScope())
        {
            // Steps 0 and 3 of 4 run the plain model.
            Assert.That(one.Bytes, Is.EqualTo(2 * BatchCosts.Bytes(config.ToShape(), 1, computed, modes)));
            Assert.That(one.ComputedShare, Is.GreaterThan(one.EditedShare));
            Assert.That(one.TemplateBytes, Is.EqualTo(config.ToShape().TemplateCacheBytes(Steps)));
        }
    }

    public void Dispose() => _folder.Dispose();
}
