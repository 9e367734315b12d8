using static TorchSharp.torch;

namespace SimServe.GpuBackend.Schedulers;

/// <summary>What all sampling methods share: the order of steps, checks, types and memory.</summary>
/// <param name="name">The class name of the reference, for messages.</param>
/// <param name="method">The method with its state.</param>
internal sealed class NoiseScheduler(string name, ISamplingMethod method) : INoiseScheduler
{
    private SamplingPlan? _plan;
    private int _next;

    /// <summary>The class name of the reference.</summary>
    public string Name => name;

    public IReadOnlyList<double> Timesteps => Plan.Timesteps;

    public bool IntegerTimesteps => Plan.IntegerTimesteps;

    public IReadOnlyList<double> Sigmas => Plan.Sigmas;

    public double InitialNoiseScale => Plan.InitialNoiseScale;

    private SamplingPlan Plan => _plan ?? throw new InvalidOperationException($"{name}: call {nameof(SetSteps)} before anything else.");

    public void SetSteps(SchedulerSteps steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps.Steps, 1, nameof(steps));
        if (!method.TakesSigmas && (steps.Sigmas is not null || steps.Mu is not null))
        {
            throw new ArgumentException($"{name} chooses its own noise levels; only flow matching takes {nameof(steps.Sigmas)} and {nameof(steps.Mu)}.", nameof(steps));
        }

        _plan = method.Plan(steps);
        Begin(0);
    }

    public void Begin(int firstStep)
    {
        CheckStep(firstStep, Plan.Timesteps.Length);
        method.Restart(firstStep);
        _next = firstStep;
    }

    public double? DynamicShift(int imageTokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(imageTokens, 1);
        return method.DynamicShift(imageTokens);
    }

    public Tensor ScaleInput(Tensor sample, int step)
    {
        CheckStep(step, Plan.Timesteps.Length - 1);
        var scale = method.InputScale(Plan, step);
        return scale == 1 ? sample.alias() : sample.mul(scale);
    }

    public Tensor Step(Tensor modelOutput, int step, Tensor sample, Func<Tensor>? noise)
    {
        CheckStep(step, Plan.Timesteps.Length - 1);
        if (step != _next)
        {
            throw new ArgumentException($"{name}: step {step} was asked for, but step {_next} comes next; use {nameof(Begin)} to start elsewhere.");
        }

        CheckShape(modelOutput, sample, "the model's output");
        using var scope = NewDisposeScope();
        var result = method.Step(Plan, step, modelOutput, sample, () => Drawn(noise, step, sample)).to(sample.dtype);
        _next++;
        return result.MoveToOuterDisposeScope();
    }

    public Tensor AddNoise(Tensor clean, Tensor noise, int step)
    {
        CheckStep(step, Plan.Timesteps.Length);
        CheckShape(noise, clean, "the noise");
        if (step == Plan.Timesteps.Length)
        {
            return clean.clone();
        }

        using var scope = NewDisposeScope();
        var mix = method.MixAt(Plan, step);
        return Combination.Of((mix.Signal, clean), (mix.Noise, noise)).to(clean.dtype).MoveToOuterDisposeScope();
    }

    public Tensor AddNoise(Tensor clean, Tensor noise, IReadOnlyList<double> timesteps)
    {
        CheckShape(noise, clean, "the noise");
        if (timesteps.Count != clean.shape[0])
        {
            throw new ArgumentException($"{name}: {timesteps.Count} timesteps were given for a batch of {clean.shape[0]}.");
        }

        using var scope = NewDisposeScope();
        var mixes = timesteps.Select(timestep => method.MixAt(Plan, timestep)).ToArray();
        var type = Combination.WorkingType(clean);
        var signal = PerSample(Array.ConvertAll(mixes, static mix => mix.Signal), clean, type).mul_(clean.to(type));
        return signal.addcmul_(PerSample(Array.ConvertAll(mixes, static mix => mix.Noise), clean, type), noise.to(type), 1)
            .to(clean.dtype).MoveToOuterDisposeScope();
    }

    public void Dispose() => method.Dispose();

    private static Tensor PerSample(double[] values, Tensor batch, ScalarType type)
    {
        var shape = new long[batch.shape.Length];
        Array.Fill(shape, 1);
        shape[0] = values.Length;
        return tensor(values, dtype: type, device: batch.device).reshape(shape).expand(batch.shape).clone();
    }

    private Tensor Drawn(Func<Tensor>? noise, int step, Tensor sample)
    {
        var drawn = noise?.Invoke()
            ?? throw new ArgumentException($"{name} adds noise at step {step}, but no source of noise was given.");
        CheckShape(drawn, sample, "the noise");
        return drawn.to(sample.device);
    }

    private void CheckStep(int step, int last)
    {
        if (step < 0 || step > last)
        {
            throw new ArgumentOutOfRangeException(nameof(step), step, $"{name}: the step must be from 0 to {last} in a run of {Plan.Timesteps.Length} timesteps.");
        }
    }

    private void CheckShape(Tensor tensor, Tensor sample, string what)
    {
        if (!tensor.shape.AsSpan().SequenceEqual(sample.shape))
        {
            throw new ArgumentException(
                $"{name}: {what} has the shape [{string.Join(", ", tensor.shape)}], but the sample has [{string.Join(", ", sample.shape)}].");
        }
    }
}
