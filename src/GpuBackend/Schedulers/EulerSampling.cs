using static TorchSharp.torch;

namespace SimServe.GpuBackend.Schedulers;

/// <summary>Euler's method on noise levels, with or without fresh noise (ancestral).</summary>
/// <remarks>
/// The sample is clean + sigma * noise. Source: Karras et al., arXiv 2206.00364, algorithm 1 without churn; the ancestral step is the one of
/// k-diffusion (Crowson, 2022), which splits the next level into one to go down to and one of fresh noise.
/// </remarks>
internal sealed class EulerSampling(EulerOptions options) : ISamplingMethod
{
    public SamplingPlan Plan(SchedulerSteps steps)
    {
        var timesteps = options.Timesteps.Descending(steps.Steps, aboveZero: false);
        var sigmas = Array.ConvertAll(timesteps, options.Schedule.SigmaAt);
        if (options.Karras)
        {
            sigmas = KarrasLevels.Make(sigmas[0], sigmas[^1], sigmas.Length);
            timesteps = Array.ConvertAll(sigmas, options.Schedule.TimestepOf);
        }

        sigmas = Single([.. sigmas, options.Final == FinalSigma.Zero ? 0 : options.Schedule.LeastSigma]);
        var scale = options.Timesteps.Spacing == TimestepSpacing.Leading ? Math.Sqrt((sigmas[0] * sigmas[0]) + 1) : sigmas[0];
        return new SamplingPlan(Single(timesteps), sigmas) { InitialNoiseScale = scale };
    }

    public double InputScale(SamplingPlan plan, int step) => NoiseMix.FromSigma(plan.Sigmas[step]).Signal;

    public NoiseMix MixAt(SamplingPlan plan, int step) => new(1, plan.Sigmas[step]);

    public Tensor Step(SamplingPlan plan, int step, Tensor output, Tensor sample, Func<Tensor> noise)
    {
        var (here, next) = (plan.Sigmas[step], plan.Sigmas[step + 1]);
        var fresh = options.Ancestral ? next / here * Math.Sqrt((here * here) - (next * next)) : 0;
        var down = Math.Sqrt((next * next) - (fresh * fresh));

        var mix = NoiseMix.FromSigma(here);
        var clean = options.Prediction.Clean(mix);
        var share = (down - here) / here;
        return Combination.Of(
            (1 + (share * (1 - (clean.Sample * mix.Signal))), sample),
            (-share * clean.Output, output),
            (fresh, fresh > 0 ? noise() : sample));
    }

    private static double[] Single(double[] values) => Array.ConvertAll(values, static value => (double)(float)value);
}
