using SimServe.Cli.Planning;
using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Simulator.Catalogue;
using SimServe.Simulator.Fleets;

namespace SimServe.Cli.Tests.Planning;

/// <summary>Patch parallelism against what was published of it. One constant is fitted, to eight A100; the others judge.</summary>
public sealed class PatchParallelSpeedupTests
{
    private const int Steps = 50;

    // NVLink in one direction: 300 GB/s of an A100, 200 of an H800.
    [TestCase("A100", 3840, 8, 300e9, 6.1, 0.04)]
    [TestCase("A100", 3840, 4, 300e9, 3.4, 0.04)]
    [TestCase("A100", 3840, 2, 300e9, 1.8, 0.05)]
    [TestCase("H800", 1024, 2, 200e9, 1.56, 0.20)]
    public void Speedups_of_SDXL(string device, int side, int devices, double bytesPerSecond, double published, double tolerance)
    {
        var speedup = Speedup(device, side, new PatchParallelism { Devices = devices, BytesPerSecond = bytesPerSecond });
        TestContext.Out.WriteLine(FormattableString.Invariant($"{device} {side} x{devices}: {speedup:0.000} published {published}"));
        Assert.That(speedup, Is.EqualTo(published).Within(100 * tolerance).Percent);
    }

    // Of the denoising alone, as the authors measured.
    private static double Speedup(string device, int side, PatchParallelism patches)
    {
        var model = PublishedShapes.Of("sdxl", side)!;
        var (one, _) = new CatalogueCosts(PublishedShapes.Of).Of(DeviceCatalogue.Find(device), model);
        var divided = new PatchParallelCosts(one, model, patches);
        var whole = Steps * Step(model, one);
        var parallel = (Steps * Step(model, divided)) + (patches.WarmupSteps * (patches.Exchange(model, 1) - patches.Unhidden(model, divided, 1)));
        return whole / parallel;
    }

    private static TimeSpan Step(ModelShape model, ICostModel costs) => model.Blocks.Aggregate(
        costs.StepOverhead(1), (time, block) => time + costs.Compute(block.Kind, block.PlainWork().Times(model.Branches)));
}
