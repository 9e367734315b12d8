using SimServe.Policies;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests.Calibration;

public sealed class ServiceFactorTests
{
    [TestCase(0.8)]
    [TestCase(1)]
    [TestCase(1.37)]
    public void A_run_whose_computation_takes_so_many_times_as_long_gives_the_factor_back(double factor)
    {
        var (believed, real) = (new TestCosts(), new TestCosts { FlopsPerSecond = 50e9 / factor, Overhead = _ => TimeSpan.FromMilliseconds(factor) });
        var policies = new PolicyOptions { MaxBatchSize = 4 };
        var segments = (TestWorkload.Simulation(TestWorkload.Poisson(60, 4, 5), policies: policies) with { Fleet = SimulatedFleet.Of(TestWorkload.Device, [real, real]) }).Run().Serving.Segments;
        Assert.That(ServiceFactor.Of(TestWorkload.Model, believed, segments), Is.EqualTo(factor).Within(0.01).Percent);
    }

    [Test]
    public void A_run_without_a_step_says_nothing() =>
        Assert.That(() => ServiceFactor.Of(TestWorkload.Model, new TestCosts(), []), Throws.ArgumentException.With.Message.Contain("No step"));
}
