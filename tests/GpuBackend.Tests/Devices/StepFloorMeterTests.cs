using SimServe.GpuBackend.Devices;

namespace SimServe.GpuBackend.Tests.Devices;

public sealed class StepFloorMeterTests
{
    [Test]
    public void The_floor_of_a_step_is_its_computation_or_its_copies_whichever_is_longer()
    {
        var meter = new StepFloorMeter();
        meter.Add(Step(total: 5, wait: 1, loads: [2, 1]));
        meter.Add(Step(total: 9, wait: 6, loads: [4, 4]));
        var floor = meter.Close()!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(floor, Is.EqualTo(new StepFloor(2, MeasuredSeconds: 7, FloorSeconds: (4 + 8) / 2.0, ComputeSeconds: 3.5, LoadSeconds: 5.5)));
            Assert.That(floor.OverFloor, Is.EqualTo(7 / 6.0).Within(1e-12));
        }
    }

    [Test]
    public void Without_steps_there_is_no_floor() => Assert.That(new StepFloorMeter().Close(), Is.Null);

    private static StepTrace Step(double total, double wait, double[] loads) => new([total - wait], wait, total, [.. loads.Select(static seconds => (1L, seconds))]);
}
