using SimServe.Policies;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests.Calibration;

public sealed class RooflineCostModelTests
{
    private static readonly DeviceSpec Device = new() { Name = "paper", PeakFlopsPerSecond = 1e12, LinkBytesPerSecond = 1e9 };

    private static readonly RooflineOptions Options = new()
    {
        Efficiency = 0.25,
        LaunchFloor = TimeSpan.FromMilliseconds(1),
        StepOverhead = TimeSpan.FromMilliseconds(7),
    };

    private static RooflineCostModel Costs => new(Device, TestWorkload.Model, Options);

    [TestCase(0, 1)]
    [TestCase(250_000_000, 1)]
    [TestCase(500_000_000, 2)]
    [TestCase(250_000_000_000, 1000)]
    public void Compute_is_the_longer_of_launch_floor_and_operations_over_the_reached_rate(long flops, double milliseconds)
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (var kind in Enum.GetValues<BlockKind>())
            {
                Assert.That(Costs.Compute(kind, new Work(1, 1, 0, flops, 0)).TotalMilliseconds, Is.EqualTo(milliseconds));
                Assert.That(Costs.Compute(kind, new Work(1, 1, 0, flops / 2, flops / 2)).TotalMilliseconds, Is.EqualTo(milliseconds));
            }
        }
    }

    [TestCase(0, 0)]
    [TestCase(1_000_000, 1)]
    [TestCase(3_000_000_000, 3000)]
    public void Load_is_bytes_over_bandwidth(long bytes, double milliseconds) =>
        Assert.That(Costs.Load(bytes).TotalMilliseconds, Is.EqualTo(milliseconds));

    [Test]
    public void Record_takes_the_plain_steps_of_one_request()
    {
        var blocks = TestWorkload.Model.Blocks.Aggregate(TimeSpan.Zero, (sum, block) => sum + Costs.Compute(block.Kind, block.PlainWork()));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Costs.Record(1), Is.EqualTo(blocks + TimeSpan.FromMilliseconds(7)));
            Assert.That(Costs.Record(20), Is.EqualTo(20 * Costs.Record(1)));
        }
    }

    [Test]
    public void The_rest_is_what_the_options_say()
    {
        var costs = new RooflineCostModel(Device, TestWorkload.Model, Options with { Encode = new TimeSpan(3), Decode = new TimeSpan(5) });
        using (Assert.EnterMultipleScope())
        {
            Assert.That((costs.Encode, costs.Decode), Is.EqualTo((new TimeSpan(3), new TimeSpan(5))));
            Assert.That(costs.StepOverhead(1), Is.EqualTo(TimeSpan.FromMilliseconds(7)));
            Assert.That(RooflineCostModel.Provenance, Is.EqualTo(Provenance.Analytic));
        }
    }

    [Test]
    public void Every_value_out_of_range_is_named_in_one_message()
    {
        var device = Device with { PeakFlopsPerSecond = double.NaN, LinkBytesPerSecond = 0 };
        var options = new RooflineOptions
        {
            Efficiency = 1.5,
            LaunchFloor = new TimeSpan(-1),
            StepOverhead = new TimeSpan(-1),
            Encode = new TimeSpan(-1),
            Decode = new TimeSpan(-1),
        };
        var fault = Assert.Throws<ArgumentException>(() => _ = new RooflineCostModel(device, TestWorkload.Model, options))!;
        using (Assert.EnterMultipleScope())
        {
            foreach (var name in new[] { "PeakFlopsPerSecond", "LinkBytesPerSecond", "Efficiency", "LaunchFloor", "StepOverhead", "Encode", "Decode" })
            {
                Assert.That(fault.Message, Does.Contain(name));
            }
        }
    }

    [TestCase(0.0)]
    [TestCase(-0.1)]
    [TestCase(double.NaN)]
    public void Efficiency_is_greater_than_zero(double efficiency) =>
        Assert.That(
            () => new RooflineCostModel(Device, TestWorkload.Model, Options with { Efficiency = efficiency }),
            Throws.ArgumentException.With.Message.Contains("Efficiency"));
}
