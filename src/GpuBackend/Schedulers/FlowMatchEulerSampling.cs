using static TorchSharp.torch;

namespace SimServe.GpuBackend.Schedulers;

/// <summary>Euler's method on the straight paths of flow matching.</summary>
/// <remarks>
/// The sample is (1 - sigma) * clean + sigma * noise, the model predicts noise - clean.
/// Source: Esser et al., "Scaling Rectified Flow Transformers for High-Resolution Image Synthesis", arXiv 2403.03206, section 5.3.2 for the shift.
/// </remarks>
internal sealed class FlowMatchEulerSampling(FlowMatchEulerOptions options) : ISamplingMethod
{
    public bool TakesSigmas => true;

    public SamplingPlan Plan(SchedulerSteps steps)
    {
        var sigmas = Array.ConvertAll(steps.Sigmas is { } given ? Checked(given, steps.Steps) : Spread(steps.Steps), Shift(steps.Mu));
        if (options.Terminal is { } terminal)
        {
            sigmas = Stretched(sigmas, terminal);
        }

        sigmas = Array.ConvertAll(sigmas, static sigma => (double)(float)sigma);
        return new SamplingPlan(Array.ConvertAll(sigmas, sigma => (double)((float)sigma * options.TrainSteps)), [.. sigmas, 0]);
    }

    public NoiseMix MixAt(SamplingPlan plan, int step) => new(1 - plan.Sigmas[step], plan.Sigmas[step]);

    public double? DynamicShift(int imageTokens) => options.Dynamic?.Shift(imageTokens);

    public Tensor Step(SamplingPlan plan, int step, Tensor output, Tensor sample, Func<Tensor> noise) =>
        Combination.Of((1, sample), (plan.Sigmas[step + 1] - plan.Sigmas[step], output));

    private static double[] Checked(IReadOnlyList<double> sigmas, int steps)
    {
        var falling = sigmas.Zip(sigmas.Skip(1), static (here, next) => next < here).All(static falls => falls);
        return sigmas.Count == steps && falling && sigmas[0] <= 1 && sigmas[^1] > 0
            ? [.. sigmas.Select(static sigma => (double)(float)sigma)]
            : throw new ArgumentException(
                $"{steps} falling noise levels in (0, 1] are needed, but these were given: {string.Join(", ", sigmas)}.", nameof(sigmas));
    }

    // A static shift counts twice here: in the last level and again in Shift. So it does in the reference.
    private double[] Spread(int steps)
    {
        var least = options.Dynamic is null ? StaticShift(1.0 / options.TrainSteps) : 1.0 / options.TrainSteps;
        return [.. Enumerable.Range(0, steps).Select(step => 1 + (step / Math.Max(steps - 1.0, 1) * (least - 1)))];
    }

    private Converter<double, double> Shift(double? mu)
    {
        if (options.Dynamic is not { } dynamic)
        {
            return StaticShift;
        }

        var factor = dynamic.Factor(mu ?? throw new ArgumentException(
            $"This scheduler shifts its steps by the image's size: give {nameof(SchedulerSteps.Mu)}, from {nameof(DynamicShift)}.", nameof(mu)));
        return double.IsFinite(factor) && factor > 0
            ? sigma => factor / (factor + ((1 / sigma) - 1))
            : throw new ArgumentOutOfRangeException(nameof(mu), mu, "The shift gives no usable noise levels; see DynamicShift.");
    }

    private double StaticShift(double sigma) => options.StaticShift * sigma / (1 + ((options.StaticShift - 1) * sigma));

    private static double[] Stretched(double[] sigmas, double terminal)
    {
        var last = 1 - sigmas[^1];
        return last > 0
            ? Array.ConvertAll(sigmas, sigma => 1 - ((1 - sigma) * (1 - terminal) / last))
            : throw new ArgumentException("A schedule with a terminal shift needs at least 2 steps.", nameof(sigmas));
    }
}
