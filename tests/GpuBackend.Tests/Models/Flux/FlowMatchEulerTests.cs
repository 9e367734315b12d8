using SimServe.GpuBackend.Models.Flux;

namespace SimServe.GpuBackend.Tests.Models.Flux;

public sealed class FlowMatchEulerTests
{
    [Test]
    public void Noise_levels_fall_from_one_to_zero() =>
        Assert.That(FlowMatchEuler.Sigmas(4), Is.EqualTo(new[] { 1, 0.75, 0.5, 0.25, 0 }).Within(1e-12));

    [Test]
    public void A_shift_of_three_spends_more_steps_at_high_noise() =>
        Assert.That(FlowMatchEuler.Sigmas(4, 3), Is.EqualTo(new[] { 1, 0.9, 0.75, 0.5, 0 }).Within(1e-12));

    [TestCase(0, 1.0)]
    [TestCase(4, 0.0)]
    [TestCase(4, double.NaN)]
    public void Impossible_settings_are_refused(int steps, double shift) =>
        Assert.That(() => FlowMatchEuler.Sigmas(steps, shift), Throws.InstanceOf<ArgumentOutOfRangeException>());
}
