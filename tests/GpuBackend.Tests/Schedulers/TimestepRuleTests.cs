using SimServe.GpuBackend.Schedulers;

namespace SimServe.GpuBackend.Tests.Schedulers;

public sealed class TimestepRuleTests
{
    private static IEnumerable<object> Spacings() => Enum.GetValues<TimestepSpacing>().Cast<object>();

    [TestCase(TimestepSpacing.Linspace, new[] { 999, 749.25, 499.5, 249.75, 0 })]
    [TestCase(TimestepSpacing.Leading, new[] { 801.0, 601, 401, 201, 1 })]
    [TestCase(TimestepSpacing.Trailing, new[] { 999.0, 799, 599, 399, 199 })]
    public void Five_steps_are_spread_as_table_2_of_lin_et_al_says(object spacing, double[] expected) =>
        Assert.That(new TimestepRule((TimestepSpacing)spacing, 1, 1000).Descending(5, aboveZero: false), Is.EqualTo(expected).Within(1e-9));

    [TestCase(TimestepSpacing.Linspace, new[] { 999, 799.2, 599.4, 399.6, 199.8 })]
    [TestCase(TimestepSpacing.Leading, new[] { 831.0, 665, 499, 333, 167 })]
    [TestCase(TimestepSpacing.Trailing, new[] { 999.0, 799, 599, 399, 199 })]
    public void The_last_timestep_can_be_left_to_the_clean_sample(object spacing, double[] expected) =>
        Assert.That(new TimestepRule((TimestepSpacing)spacing, 1, 1000).Descending(5, aboveZero: true), Is.EqualTo(expected).Within(1e-9));

    [Test]
    public void Every_number_of_steps_gives_that_many_timesteps_inside_the_training_steps([ValueSource(nameof(Spacings))] object spacing, [Values] bool aboveZero)
    {
        var rule = new TimestepRule((TimestepSpacing)spacing, 0, 1000);
        for (var steps = 1; steps < 1000; steps++)
        {
            var timesteps = rule.Descending(steps, aboveZero);
            Assert.That(
                timesteps.Length == steps && timesteps[0] <= 999 && timesteps[^1] >= 0 && timesteps.Zip(timesteps.Skip(1)).All(static pair => pair.First > pair.Second),
                Is.True,
                $"{steps} steps: {string.Join(", ", timesteps)}");
        }
    }

    [Test]
    public void More_steps_than_training_steps_are_refused([ValueSource(nameof(Spacings))] object spacing) => Assert.That(
        () => new TimestepRule((TimestepSpacing)spacing, 0, 1000).Descending(1001, aboveZero: false),
        Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("1000"));

    [Test]
    public void An_offset_beyond_the_last_training_step_is_refused() => Assert.That(
        static () => new TimestepRule(TimestepSpacing.Leading, 1, 1000).Descending(1000, aboveZero: false),
        Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("steps_offset"));
}
