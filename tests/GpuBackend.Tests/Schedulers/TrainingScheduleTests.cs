using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Schedulers;

namespace SimServe.GpuBackend.Tests.Schedulers;

public sealed class TrainingScheduleTests
{
    [Test]
    public void Timestep_of_a_noise_level_inverts_the_noise_level_of_a_training_step()
    {
        var schedule = Read("{}");
        for (var timestep = 0; timestep < schedule.Steps; timestep++)
        {
            Assert.That(schedule.TimestepOf(schedule.SigmaAt(timestep)), Is.EqualTo(timestep).Within(1e-3));
        }
    }

    [Test]
    public void Noise_levels_beyond_the_schedule_belong_to_its_ends()
    {
        var schedule = Read("{}");
        Assert.That(
            (schedule.TimestepOf(0), schedule.TimestepOf(1e6), schedule.SigmaAt(5000)),
            Is.EqualTo((0.0, 999.0, schedule.LargestSigma)));
    }

    [Test]
    public void Linear_betas_multiply_up()
    {
        var schedule = Read("""{ "num_train_timesteps": 3, "beta_start": 0.1, "beta_end": 0.3 }""");
        double[] bars = [schedule.AlphaBar(0), schedule.AlphaBar(1), schedule.AlphaBar(2)];
        Assert.That(bars, Is.EqualTo(new[] { 0.9, 0.72, 0.504 }).Within(1e-6));
    }

    [Test]
    public void Scaled_linear_betas_have_linear_roots()
    {
        var schedule = Read("""{ "num_train_timesteps": 3, "beta_start": 0.01, "beta_end": 0.09, "beta_schedule": "scaled_linear" }""");
        double[] bars = [schedule.AlphaBar(0), schedule.AlphaBar(1), schedule.AlphaBar(2)];
        Assert.That(bars, Is.EqualTo(new[] { 0.99, 0.99 * 0.96, 0.99 * 0.96 * 0.91 }).Within(1e-6));
    }

    [Test]
    public void Squared_cosine_betas_leave_a_squared_cosine_of_signal()
    {
        static double Signal(double time) => Math.Pow(Math.Cos((time + 0.008) / 1.008 * Math.PI / 2), 2);
        var schedule = Read("""{ "beta_schedule": "squaredcos_cap_v2" }""");
        Assert.That(schedule.AlphaBar(499), Is.EqualTo(Signal(0.5) / Signal(0)).Within(1e-5));
    }

    [TestCase(false, 0.0)]
    [TestCase(true, 1.0 / (1 << 24))]
    public void Zero_terminal_snr_empties_the_last_training_step_and_keeps_the_first(bool finite, double last)
    {
        var (plain, rescaled) = (Read("{}"), Read("""{ "rescale_betas_zero_snr": true }""", finite));
        Assert.That(rescaled.AlphaBar(999), Is.EqualTo(last));
        Assert.That(rescaled.AlphaBar(0), Is.EqualTo(plain.AlphaBar(0)).Within(1e-6));
    }

    private static TrainingSchedule Read(string json, bool finite = false) => TrainingSchedule.Read(ConfigFile.Parse("test.json", json), finite);
}
