using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Tests.AddOns;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests.Calibration;

public sealed class ServiceFitTests
{
    [TestCase(0.8, 0)]
    [TestCase(1, 0.004)]
    [TestCase(1.37, 0.001)]
    public void Runs_whose_computation_takes_so_many_times_as_long_and_so_much_more_in_every_step_give_both_back(double factor, double perStep)
    {
        var (believed, real) = (new TestCosts(), new TestCosts { FlopsPerSecond = 50e9 / factor, Overhead = _ => TimeSpan.FromMilliseconds(factor) + TimeSpan.FromSeconds(perStep) });
        var fit = ServiceFit.Of(Served(believed, real, "optimal"), Served(believed, real, "full"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fit.Factor, Is.EqualTo(factor).Within(0.1).Percent);
            Assert.That(fit.StepSeconds, Is.EqualTo(perStep).Within(1e-5));
        }
    }

    [Test]
    public void Where_full_steps_are_slowed_more_than_masked_ones_nothing_is_added_to_a_step()
    {
        var (believed, masked, full) = (new TestCosts(), new TestCosts(), new TestCosts { FlopsPerSecond = 25e9, Overhead = _ => TimeSpan.FromMilliseconds(2) });
        var fit = ServiceFit.Of(Served(believed, masked, "optimal"), Served(believed, full, "full"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fit.StepSeconds, Is.Zero);
            Assert.That(fit.Factor, Is.GreaterThan(1).And.LessThan(2), "one factor for both");
        }
    }

    [TestCase(1)]
    [TestCase(0.9)]
    public void Where_full_steps_take_no_longer_than_in_loops_what_masked_ones_take_longer_is_the_pace(double full)
    {
        var (believed, slow) = (new TestCosts(), new TestCosts { FlopsPerSecond = 40e9, Overhead = _ => TimeSpan.FromMilliseconds(1.25) });
        var fit = ServiceFit.Of(Served(believed, slow, "optimal"), Served(believed, new TestCosts { FlopsPerSecond = 50e9 / full, Overhead = _ => TimeSpan.FromMilliseconds(full) }, "full"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fit.StepSeconds, Is.LessThan(1e-5));
            Assert.That(fit.Factor, Is.GreaterThan(full).And.LessThan(1.25));
        }
    }

    [TestCase(0.8)]
    [TestCase(1)]
    [TestCase(1.37)]
    public void The_pace_of_a_run_is_how_many_times_as_long_its_computation_takes(double factor)
    {
        var (believed, real) = (new TestCosts(), new TestCosts { FlopsPerSecond = 50e9 / factor, Overhead = _ => TimeSpan.FromMilliseconds(factor) });
        Assert.That(ServiceFit.PaceOf(Served(believed, real, "optimal")), Is.EqualTo(factor).Within(0.01).Percent);
    }

    [Test]
    public void A_worker_that_is_faster_while_others_are_idle_does_not_change_the_factor()
    {
        var (costs, shares) = (new TestCosts(), new[] { 0.6, 1.0 });
        var segments = (TestWorkload.Simulation(TestWorkload.Poisson(80, 4, 5), policies: new PolicyOptions { MaxBatchSize = 4 })
            with { Fleet = SimulatedFleet.Of(TestWorkload.Device, [costs, costs]) with { ComputeShares = shares } }).Run().Serving.Segments;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ServiceFit.PaceOf(new ServedSteps(TestWorkload.Model, costs, segments, shares)), Is.EqualTo(1).Within(1).Percent);
            Assert.That(ServiceFit.PaceOf(new ServedSteps(TestWorkload.Model, costs, segments, null)), Is.LessThan(0.95), "without the shares the difference would be noticed");
        }
    }

    [Test]
    public void The_spread_of_a_run_whose_requests_vary_is_the_one_they_were_drawn_from()
    {
        double[] spread = [.. Enumerable.Range(0, 21).Select(static index => 0.8 + (0.02 * index))];
        var costs = new TestCosts();
        var segments = (TestWorkload.Simulation(TestWorkload.Poisson(4000, 1, 5), policies: new PolicyOptions { MaxBatchSize = 1, Pipeline = "full" })
            with { Fleet = SimulatedFleet.Of(TestWorkload.Device, [costs, costs]) with { ServiceSpread = spread } }).Run().Serving.Segments;
        var steps = new ServedSteps(TestWorkload.Model, costs, segments, null);
        Assert.That(ServiceFit.Of(steps, steps).Spread, Is.EqualTo(spread).AsCollection.Within(0.02));
    }

    [Test]
    public void A_run_without_a_step_says_nothing()
    {
        var (some, none) = (Served(new TestCosts(), new TestCosts(), "full"), new ServedSteps(TestWorkload.Model, new TestCosts(), [], null));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => ServiceFit.PaceOf(none), Throws.ArgumentException.With.Message.Contain("No step"));
            Assert.That(() => ServiceFit.Of(none, some), Throws.ArgumentException.With.Message.Contain("No step"));
            Assert.That(() => ServiceFit.Of(some, none), Throws.ArgumentException.With.Message.Contain("No step"));
        }
    }

    [TestCase(0.8, 1, 1)]
    [TestCase(1.6, 1, 1.3)]
    [TestCase(1.25, 0.9, 0.7)]
    public void Steps_with_and_without_a_ControlNet_of_the_worker_give_its_factor_back_whatever_the_pace(double factor, double share, double pace)
    {
        var requests = Enumerable.Range(0, 20).Select(static id => AddOnFixture.Request(id, 300 * id, id % 3 == 0 ? [] : [1], []));
        var segments = AddOnFixture.Simulation([.. requests], new AddOnOptions { ControlNets = "serial" }).Run().Serving.Segments;
        var believed = new ScaledCostModel(new AddOnFixture.StageCosts { ControlFactor = 1 / factor }, 1 / (share * pace));
        var steps = new ServedSteps(AddOnFixture.Model, believed, segments, [share]);
        Assert.That(ServiceFit.ControlFactorOf(steps.Where(HasControls), steps.Where(static plan => !HasControls(plan))), Is.EqualTo(factor).Within(0.01).Percent);
    }

    [Test]
    public void Steps_without_a_ControlNet_say_nothing_of_them()
    {
        var steps = new ServedSteps(AddOnFixture.Model, new AddOnFixture.StageCosts(), AddOnFixture.Simulation([AddOnFixture.Request(0, 0, [], [])], new AddOnOptions()).Run().Serving.Segments, null);
        Assert.That(() => ServiceFit.ControlFactorOf(steps.Where(HasControls), steps), Throws.ArgumentException.With.Message.Contain("ControlNet"));
    }

    private static bool HasControls(StepPlan plan) => plan.Controls.Count > 0;

    private static ServedSteps Served(TestCosts believed, TestCosts real, string pipeline) => new(
        TestWorkload.Model,
        believed,
        (TestWorkload.Simulation(TestWorkload.Poisson(60, 4, 5), policies: new PolicyOptions { MaxBatchSize = 4, Pipeline = pipeline }) with { Fleet = SimulatedFleet.Of(TestWorkload.Device, [real, real]) }).Run().Serving.Segments,
        null);
}
