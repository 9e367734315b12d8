using static TorchSharp.torch;

namespace SimServe.GpuBackend.Schedulers;

/// <summary>UniPC of first and second order: each step first corrects the one before with what the model said at its end.</summary>
/// <remarks>Source: Zhao et al., "UniPC", arXiv 2302.04867, algorithms 5 to 7: data prediction, B(h) = e^h - 1.</remarks>
internal sealed class UniPcSampling(UniPcOptions options) : ISamplingMethod
{
    private readonly TensorHistory _clean = new(2);
    private readonly TensorHistory _start = new(1);
    private int _order;

    public SamplingPlan Plan(SchedulerSteps steps) => options.Schedule.Plan(steps.Steps);

    public void Restart(int firstStep)
    {
        _clean.Clear();
        _start.Clear();
    }

    public NoiseMix MixAt(SamplingPlan plan, int step) => NoiseMix.FromSigma(plan.Sigmas[step]);

    public Tensor Step(SamplingPlan plan, int step, Tensor output, Tensor sample, Func<Tensor> noise)
    {
        var predicted = Combination.Of(options.Prediction.Clean(MixAt(plan, step)), sample, output);
        predicted = options.Limit?.Apply(predicted) ?? predicted;

        // The first step has nothing to correct; its sample is copied, because the caller may change its own tensor after the step.
        _start.Push(_start.Count == 0 ? Combination.Of((1, sample)) : Corrected(plan, step, predicted));
        _clean.Push(predicted);
        _order = Math.Min(_clean.Count, options.LowerOrderFinal ? Math.Min(options.Order, plan.Timesteps.Length - step) : options.Order);
        return Predicted(plan, step);
    }

    public void Dispose()
    {
        _clean.Dispose();
        _start.Dispose();
    }

    private Tensor Predicted(SamplingPlan plan, int step)
    {
        var (here, next) = (MixAt(plan, step), MixAt(plan, step + 1));
        var h = next.HalfLogSnr - here.HalfLogSnr;
        var towards = next.Signal * (1 - Math.Exp(-h));
        var slope = _order == 1 ? 0 : 0.5 * towards / Ratio(plan, step, h);
        return Combination.Of((next.Noise / here.Noise, _start[0]), (towards - slope, _clean[0]), (slope, _clean[_clean.Count - 1]));
    }

    // Takes the step before again, from its start, now that the clean sample at its end is known.
    private Tensor Corrected(SamplingPlan plan, int step, Tensor atEnd)
    {
        var (here, next) = (MixAt(plan, step - 1), MixAt(plan, step));
        var h = next.HalfLogSnr - here.HalfLogSnr;
        var towards = next.Signal * (1 - Math.Exp(-h));
        var ratio = _order == 1 ? 1 : Ratio(plan, step - 1, h);
        var (before, end) = _order == 1 ? (0, 0.5) : CorrectorWeights(h, ratio);
        var (slope, pull) = (towards * before / ratio, towards * end);
        return Combination.Of(
            (next.Noise / here.Noise, _start[0]),
            (towards - slope - pull, _clean[0]),
            (slope, _clean[_clean.Count - 1]),
            (pull, atEnd));
    }

    // The step before, measured in this one; negative.
    private double Ratio(SamplingPlan plan, int step, double h) => (MixAt(plan, step - 1).HalfLogSnr - MixAt(plan, step).HalfLogSnr) / h;

    // Solves the two order conditions of section 3.1: the weights add up to the first one, their moments to the second.
    private static (double Before, double End) CorrectorWeights(double h, double ratio)
    {
        var growth = Math.Exp(-h) - 1;
        var first = (growth / -h) - 1;
        var second = (first / -h) - 0.5;
        var (sum, moment) = (first / growth, 2 * second / growth);
        var before = (sum - moment) / (1 - ratio);
        return (before, sum - before);
    }
}
