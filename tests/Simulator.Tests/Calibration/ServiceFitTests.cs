using SimServe.Policies;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests.Calibration;

public sealed class ServiceFitTests
{
    [TestCase(0.8)]
    [TestCase(1)]
    [TestCase(1.37)]
    public void A_run_whose_computation_takes_so_many_times_as_long_gives_the_factor_back(double factor)
    {
        var (believed, real) = (new TestCosts(), new TestCosts { FlopsPerSecond = 50e9 / factor, Overhead = _ => TimeSpan.FromMilliseconds(factor) });
        var policies = new PolicyOptions { MaxBatchSize = 4 };
        var segments = (TestWorkload.Simulation(TestWorkload.Poisson(60, 4, 5), policies: policies) with { Fleet = SimulatedFleet.Of(TestWorkload.Device, [real, real]) }).Run().Serving.Segments;
        Assert.That(ServiceFit.Of(new ServedSteps(TestWorkload.Model, believed, segments, null)).Factor, Is.EqualTo(factor).Within(0.01).Percent);
    }

    [Test]
    public void A_worker_that_is_faster_while_others_are_idle_does_not_change_the_factor()
    {
        var (costs, shares) = (new TestCosts(), new[] { 0.6, 1.0 });
        var segments = (TestWorkload.Simulation(TestWorkload.Poisson(80, 4, 5), policies: new PolicyOptions { MaxBatchSize = 4 })
            with { Fleet = SimulatedFleet.Of(TestWorkload.Device, [costs, costs]) with { ComputeShares = shares } }).Run().Serving.Segments;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ServiceFit.Of(new ServedSteps(TestWorkload.Model, costs, segments, shares)).Factor, Is.EqualTo(1).Within(1).Percent);
            Assert.That(ServiceFit.Of(new ServedSteps(TestWorkload.Model, costs, segments, null)).Factor, Is.LessThan(0.95), "without the shares the difference would be noticed");
        }
    }

    [Test]
    public void The_spread_of_a_run_whose_requests_vary_is_the_one_they_were_drawn_from()
    {
        double[] spread = [.. Enumerable.Range(0, 21).Select(static index => 0.8 + (0.02 * index))];
        var costs = new TestCosts();
        var segments = (TestWorkload.Simulation(TestWorkload.Poisson(4000, 1, 5), policies: new PolicyOptions { MaxBatchSize = 1, Pipeline = "full" })
            with { Fleet = SimulatedFleet.Of(TestWorkload.Device, [costs, costs]) with { ServiceSpread = spread } }).Run().Serving.Segments;
        Assert.That(ServiceFit.Of(new ServedSteps(TestWorkload.Model, costs, segments, null)).Spread, Is.EqualTo(spread).AsCollection.Within(0.02));
    }

    [Test]
    public void A_run_without_a_step_says_nothing() =>
        Assert.That(() => ServiceFit.Of(new ServedSteps(TestWorkload.Model, new TestCosts(), [], null)), Throws.ArgumentException.With.Message.Contain("No step"));
}
