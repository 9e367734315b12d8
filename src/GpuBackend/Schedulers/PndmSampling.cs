using static TorchSharp.torch;

namespace SimServe.GpuBackend.Schedulers;

/// <summary>Pseudo linear multistep sampling (PLMS): PNDM without its Runge-Kutta start.</summary>
/// <remarks>
/// Source: Liu et al., "Pseudo Numerical Methods for Diffusion Models on Manifolds", arXiv 2202.09778, equations 9 and 12.
/// The first step is taken twice: the model is asked again at its end, and the mean of both answers is used. A run that begins later takes its
/// first step twice too, although the timesteps list only the very first one twice; so does the reference, and image-to-image runs agree with it.
/// </remarks>
internal sealed class PndmSampling(PndmOptions options) : ISamplingMethod
{
    // Adams-Bashforth weights of the latest model outputs, latest first.
    private static readonly double[][] Weights =
    [
        [1], [3.0 / 2, -1.0 / 2], [23.0 / 12, -16.0 / 12, 5.0 / 12], [55.0 / 24, -59.0 / 24, 37.0 / 24, -9.0 / 24],
    ];

    private readonly TensorHistory _outputs = new(Weights.Length);
    private readonly TensorHistory _start = new(1);
    private int _first;

    public SamplingPlan Plan(SchedulerSteps steps)
    {
        var timesteps = Array.ConvertAll(options.Timesteps.Descending(steps.Steps, aboveZero: false), Math.Round);
        return new SamplingPlan(timesteps.Length == 1 ? timesteps : [.. timesteps[..2], .. timesteps[1..]], [])
        {
            IntegerTimesteps = true,
            Stride = options.Schedule.Steps / steps.Steps,
        };
    }

    public void Restart(int firstStep)
    {
        _first = firstStep;
        _outputs.Clear();
        _start.Clear();
    }

    public NoiseMix MixAt(SamplingPlan plan, int step) => MixAt(plan, plan.Timesteps[step]);

    public NoiseMix MixAt(SamplingPlan plan, double timestep) => NoiseMix.FromAlphaBar(options.Schedule.AlphaBar(options.Schedule.Index(timestep)));

    public Tensor Step(SamplingPlan plan, int step, Tensor output, Tensor sample, Func<Tensor> noise)
    {
        var timestep = (int)plan.Timesteps[step];
        if (step == _first + 1)
        {
            var mean = Combination.Of((0.5, output), (0.5, _outputs[0]));
            var again = Transfer(_start[0], mean, timestep + plan.Stride, timestep);
            _start.Clear();
            return again;
        }

        // Copies, because the caller may change its own tensors after the step.
        _outputs.Push(Combination.Of((1, output)));
        if (step == _first)
        {
            _start.Push(Combination.Of((1, sample)));
        }

        return Transfer(sample, Extrapolated(), timestep, timestep - plan.Stride);
    }

    public void Dispose()
    {
        _outputs.Dispose();
        _start.Dispose();
    }

    private Tensor Extrapolated()
    {
        var weights = Weights[_outputs.Count - 1];
        var terms = new (double, Tensor)[weights.Length];
        for (var age = 0; age < weights.Length; age++)
        {
            terms[age] = (weights[age], _outputs[age]);
        }

        return Combination.Of(terms);
    }

    private Tensor Transfer(Tensor sample, Tensor output, int from, int to)
    {
        var (here, next) = (options.Schedule.AlphaBar(from), options.Schedule.AlphaBarBefore(to, options.FinalAlphaBar));
        var toNoise = options.Prediction.Noise(NoiseMix.FromAlphaBar(here));
        var share = (next - here) / ((here * Math.Sqrt(1 - next)) + Math.Sqrt(here * (1 - here) * next));
        return Combination.Of((Math.Sqrt(next / here) - (share * toNoise.Sample), sample), (-share * toNoise.Output, output));
    }
}
