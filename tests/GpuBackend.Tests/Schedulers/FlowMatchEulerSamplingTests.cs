using SimServe.GpuBackend.Schedulers;

namespace SimServe.GpuBackend.Tests.Schedulers;

public sealed class FlowMatchEulerSamplingTests
{
    private static readonly double[] Even = [1, 0.75, 0.5, 0.25];
    private static readonly double[] ShiftedByThree = [1, 0.9, 0.75, 0.5, 0];

    [TestCase("""{ "shift": 3 }""", 5.0)]
    [TestCase("""{ "use_dynamic_shifting": true }""", 1.0986122886681098)]
    [TestCase("""{ "use_dynamic_shifting": true, "time_shift_type": "linear" }""", 3.0)]
    public void Given_levels_are_shifted_once(string keys, double mu) =>
        Assert.That(Sigmas(keys, Even, mu), Is.EqualTo(ShiftedByThree).Within(1e-6));

    [Test]
    public void Levels_left_to_the_scheduler_end_at_the_shifted_first_training_step()
    {
        var least = 3 * 0.001 / (1 + (2 * 0.001));
        Assert.That(Sigmas("""{ "shift": 3 }""", null, null)[3], Is.EqualTo(3 * least / (1 + (2 * least))).Within(1e-6));
        Assert.That(Sigmas("""{ "use_dynamic_shifting": true }""", null, 0)[3], Is.EqualTo(0.001).Within(1e-6));
    }

    [Test]
    public void A_terminal_shift_stretches_the_levels_down_to_it() =>
        Assert.That(Sigmas("""{ "shift_terminal": 0.1 }""", Even, null), Is.EqualTo(new[] { 1, 0.7, 0.4, 0.1, 0 }).Within(1e-6));

    [Test]
    public void Timesteps_are_noise_levels_in_training_steps()
    {
        using var scheduler = Create("""{ "num_train_timesteps": 500 }""");
        scheduler.SetSteps(new SchedulerSteps(4) { Sigmas = Even });
        Assert.That(scheduler.Timesteps, Is.EqualTo(new[] { 500.0, 375, 250, 125 }).Within(1e-3));
    }

    [TestCase(256, 0.5)]
    [TestCase(4096, 1.15)]
    [TestCase(1024, 0.63)]
    public void The_dynamic_shift_is_linear_in_the_images_tokens(int tokens, double expected)
    {
        using var scheduler = Create("""{ "use_dynamic_shifting": true }""");
        Assert.That(scheduler.DynamicShift(tokens), Is.EqualTo(expected).Within(1e-9));
    }

    [Test]
    public void A_static_shift_knows_no_dynamic_one()
    {
        using var scheduler = Create("{}");
        Assert.That(scheduler.DynamicShift(1024), Is.Null);
    }

    [Test]
    public void Dynamic_shifting_asks_for_the_shift()
    {
        using var scheduler = Create("""{ "use_dynamic_shifting": true }""");
        Assert.That(() => scheduler.SetSteps(new SchedulerSteps(4)), Throws.ArgumentException.With.Message.Contains("Mu"));
    }

    [TestCase("{}", new[] { 1, 0.5 })]
    [TestCase("{}", new[] { 1, 0.5, 0.6, 0.1 })]
    [TestCase("{}", new[] { 1.1, 0.5, 0.3, 0.1 })]
    [TestCase("{}", new[] { 1, 0.5, 0.3, 0 })]
    [TestCase("{}", new[] { 1, 0.5, double.NaN, 0.1 })]
    public void Impossible_levels_are_refused(string keys, double[] sigmas)
    {
        using var scheduler = Create(keys);
        Assert.That(() => scheduler.SetSteps(new SchedulerSteps(4) { Sigmas = sigmas }), Throws.ArgumentException.With.Message.Contains("4 falling noise levels"));
    }

    [TestCase("""{ "use_dynamic_shifting": true, "time_shift_type": "linear" }""", -1.0, 4)]
    [TestCase("""{ "use_dynamic_shifting": true }""", double.NaN, 4)]
    [TestCase("""{ "shift_terminal": 0.1 }""", null, 1)]
    public void Shifts_without_usable_levels_are_refused(string keys, double? mu, int steps)
    {
        using var scheduler = Create(keys);
        Assert.That(() => scheduler.SetSteps(new SchedulerSteps(steps) { Mu = mu }), Throws.InstanceOf<ArgumentException>());
    }

    private static IReadOnlyList<double> Sigmas(string keys, double[]? sigmas, double? mu)
    {
        using var scheduler = Create(keys);
        scheduler.SetSteps(new SchedulerSteps(4) { Sigmas = sigmas, Mu = mu });
        return scheduler.Sigmas;
    }

    private static INoiseScheduler Create(string keys) => NoiseSchedulerFactory.Create(keys, "test.json", "flow-euler");
}
