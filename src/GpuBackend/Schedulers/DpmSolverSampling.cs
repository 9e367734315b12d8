using static TorchSharp.torch;

namespace SimServe.GpuBackend.Schedulers;

/// <summary>DPM-Solver++ of first and second order, multistep (2M), with or without fresh noise.</summary>
/// <remarks>Source: Lu et al., "DPM-Solver++", arXiv 2211.01095, algorithm 2 and section 5 (SDE); the midpoint form.</remarks>
internal sealed class DpmSolverSampling(DpmSolverOptions options) : ISamplingMethod
{
    private readonly TensorHistory _clean = new(2);

    public SamplingPlan Plan(SchedulerSteps steps) => options.Schedule.Plan(steps.Steps);

    public void Restart(int firstStep) => _clean.Clear();

    public NoiseMix MixAt(SamplingPlan plan, int step) => NoiseMix.FromSigma(plan.Sigmas[step]);

    public Tensor Step(SamplingPlan plan, int step, Tensor output, Tensor sample, Func<Tensor> noise)
    {
        var (here, next) = (MixAt(plan, step), MixAt(plan, step + 1));
        var predicted = Combination.Of(options.Prediction.Clean(here), sample, output);
        _clean.Push(options.Limit?.Apply(predicted) ?? predicted);

        var h = next.HalfLogSnr - here.HalfLogSnr;
        var decay = Math.Exp(options.Stochastic ? -2 * h : -h);
        var towards = next.Signal * (1 - decay);
        var slope = IsFirstOrder(plan, step) ? 0 : 0.5 * towards * h / (here.HalfLogSnr - MixAt(plan, step - 1).HalfLogSnr);
        var fresh = options.Stochastic ? next.Noise * Math.Sqrt(1 - decay) : 0;
        return Combination.Of(
            (next.Noise / here.Noise * (options.Stochastic ? Math.Exp(-h) : 1), sample),
            (towards + slope, _clean[0]),
            (-slope, _clean[_clean.Count - 1]),
            (fresh, fresh > 0 ? noise() : sample));
    }

    public void Dispose() => _clean.Dispose();

    private bool IsFirstOrder(SamplingPlan plan, int step) =>
        options.Order == 1 || _clean.Count < 2 || (step == plan.Timesteps.Length - 1 && options.LastStepIsFirstOrder(plan.Timesteps.Length));
}
