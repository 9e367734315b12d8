using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Schedulers;

/// <summary>
/// Clean samples that are normal with a known deviation have a best denoiser and a probability-flow path in closed form:
/// over signal, a sample grows as the root of deviation² + noise level².
/// </summary>
public sealed class ConvergenceTests
{
    private const double Deviation = 0.5;

    [TestCase("EulerDiscreteScheduler", "{}", 1)]
    [TestCase("DPMSolverMultistepScheduler", """{ "solver_order": 1 }""", 1)]
    [TestCase("DPMSolverMultistepScheduler", "{}", 2)]
    [TestCase("UniPCMultistepScheduler", """{ "solver_order": 1 }""", 2)]
    [TestCase("UniPCMultistepScheduler", "{}", 3)]
    public void Twice_the_steps_divide_the_error_by_two_to_the_order(string className, string keys, int order)
    {
        // Karras levels: the steps shrink everywhere alike. The least level, because a step to no noise at all is always of first order.
        var test = new SchedulerCase("test", className, keys.Replace("{", """{ "use_karras_sigmas": true, "final_sigmas_type": "sigma_min" """ + (keys == "{}" ? string.Empty : ","), StringComparison.Ordinal));
        var (coarse, fine) = (Error(test, 50), Error(test, 100));
        TestContext.Out.WriteLine($"{coarse:G4} at 50 steps, {fine:G4} at 100: order {Math.Log2(coarse / fine):F2}");
        Assert.That(Math.Log2(coarse / fine), Is.GreaterThan(order - 0.3));
    }

    private static double Error(SchedulerCase test, int steps)
    {
        using var scope = NewDisposeScope();
        using var scheduler = test.Create(steps);
        var first = SchedulerCase.Mix(scheduler, 0);
        var sample = full([1, 1], first.Signal * Path(first), dtype: ScalarType.Float64);
        var last = scheduler.Timesteps.Count - 1;
        for (var step = 0; step < last; step++)
        {
            var mix = SchedulerCase.Mix(scheduler, step);
            var sigma = mix.Noise / mix.Signal;
            var clean = sample / mix.Signal * (Deviation * Deviation / ((Deviation * Deviation) + (sigma * sigma)));
            sample = scheduler.Step(test.Perfect(scheduler, step, sample, clean), step, sample, null);
        }

        var end = SchedulerCase.Mix(scheduler, last);
        return Math.Abs((sample.item<double>() / end.Signal / Path(end)) - 1);
    }

    private static double Path((double Signal, double Noise) mix) =>
        Math.Sqrt((Deviation * Deviation) + (mix.Noise / mix.Signal * (mix.Noise / mix.Signal)));
}
