using static TorchSharp.torch;

namespace SimServe.GpuBackend.Schedulers;

/// <summary>Denoising diffusion implicit models, with or without fresh noise.</summary>
/// <remarks>Source: Song et al., arXiv 2010.02502, equations 12 and 16.</remarks>
internal sealed class DdimSampling(DdimOptions options) : ISamplingMethod
{
    public SamplingPlan Plan(SchedulerSteps steps)
    {
        var timesteps = options.Timesteps.Descending(steps.Steps, aboveZero: false);
        return new SamplingPlan(Array.ConvertAll(timesteps, Math.Round), [])
        {
            IntegerTimesteps = true,
            Stride = options.Schedule.Steps / steps.Steps,
        };
    }

    public NoiseMix MixAt(SamplingPlan plan, int step) => MixAt(plan, plan.Timesteps[step]);

    public NoiseMix MixAt(SamplingPlan plan, double timestep) => NoiseMix.FromAlphaBar(options.Schedule.AlphaBar(options.Schedule.Index(timestep)));

    public Tensor Step(SamplingPlan plan, int step, Tensor output, Tensor sample, Func<Tensor> noise)
    {
        var timestep = (int)plan.Timesteps[step];
        var (here, next) = (options.Schedule.AlphaBar(timestep), options.Schedule.AlphaBarBefore(timestep - plan.Stride, options.FinalAlphaBar));
        var deviation = options.Eta * Math.Sqrt((1 - next) / (1 - here) * (1 - (here / next)));
        var direction = Math.Sqrt(Math.Max(0, 1 - next - (deviation * deviation)));

        var mix = NoiseMix.FromAlphaBar(here);
        var clean = Combination.Of(options.Prediction.Clean(mix), sample, output);
        clean = options.Limit?.Apply(clean) ?? clean;
        var toNoise = options.Prediction.Noise(mix);
        return Combination.Of(
            (Math.Sqrt(next), clean),
            (direction * toNoise.Sample, sample),
            (direction * toNoise.Output, output),
            (deviation, deviation > 0 ? noise() : sample));
    }
}
