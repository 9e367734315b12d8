using SimServe.Cli.Planning;
using SimServe.Cli.Reproductions.SwiftDiffusion;
using SimServe.Policies.AddOns;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Tests.Reproductions;

/// <summary>What rows of swiftdiffusion are worked out with, against numbers worked out by hand.</summary>
public sealed class SwiftDiffusionRowsTests
{
    private static KatzEngine Engine => new(ExperimentReader.Read(Repository.PathOf("experiments/swiftdiffusion")).Constants);

    // The anchors of the catalogue themselves.
    [TestCase("A10", 30, 9.399)]
    [TestCase("A100", 30, 3.31)]
    [TestCase("H800", 50, 2.88)]
    public void Catalogued_steps_give_the_latency_that_they_are_fitted_to(string device, int steps, double seconds) =>
        Assert.That(CataloguedSteps.Seconds(device, PublishedShapes.Of("sdxl"), steps, 1), Is.EqualTo(seconds).Within(0.1).Percent);

    // 54.3 ms and 54.3 / 1.36 = 39.93 ms: 25.55 ms of both do not depend on the batch.
    [Test]
    public void The_fixed_time_of_a_step_is_what_two_passes_take_less_than_twice_one() =>
        Assert.That(BranchRows.Overhead(Engine.Plain), Is.EqualTo(0.02555).Within(0.1).Percent);

    [TestCase(0.0543, 0.02555, 1.36)]
    [TestCase(0.1, 0, 2)]
    [TestCase(0.1, 0.1, 1)]
    public void Two_gpus_halve_what_depends_on_the_batch(double both, double overhead, double speedUp) =>
        Assert.That(BranchRows.SpeedUp(both, overhead), Is.EqualTo(speedUp).Within(0.1).Percent);

    [Test]
    public void A_slower_device_takes_as_many_times_as_long_for_everything()
    {
        var (engine, slower) = (Engine, Engine.Plain.Slower(3));
        var (plain, slow) = (engine.Diffusers with { KeepsControlNets = true }, engine.Diffusers with { KeepsControlNets = true, Costs = slower });
        Assert.That(engine.Latency(slow, 1, 0), Is.EqualTo(3 * engine.Latency(plain, 1, 0)).Within(0.01).Percent);
    }

    // 50 steps of 54.3 + 27.8 ms and 0.14 s, over 50 of 54.3 ms with the link no matter; the first step waits for its own residuals: 27.8 - 0.45 * 54.3 ms.
    [Test]
    public void Residuals_of_the_step_before_hide_a_controlnet_on_a_fast_link()
    {
        var engine = Engine;
        var expected = (0.14 + (50 * 0.0821)) / (0.14 + (50 * 0.0543) + 0.0278 - (0.45 * 0.0543));
        Assert.That(engine.SpeedUp(engine.Plain, engine.Model, 1, 1e13, ControlMode.OneStepStale), Is.EqualTo(expected).Within(0.1).Percent);
    }
}
