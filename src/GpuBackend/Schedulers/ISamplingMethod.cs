using static TorchSharp.torch;

namespace SimServe.GpuBackend.Schedulers;

/// <summary>What distinguishes one sampling method from another; <see cref="NoiseScheduler"/> does what all share.</summary>
internal interface ISamplingMethod : IDisposable
{
    /// <summary>Whether a run may choose its noise levels and their shift.</summary>
    bool TakesSigmas => false;

    /// <summary>Chooses timesteps and noise levels.</summary>
    SamplingPlan Plan(SchedulerSteps steps);

    /// <summary>Forgets earlier steps.</summary>
    /// <param name="firstStep">Index of the step that comes next.</param>
    void Restart(int firstStep)
    {
        // Most methods keep nothing: each step stands on its own.
    }

    /// <summary>Factor of the sample in the model's input.</summary>
    double InputScale(SamplingPlan plan, int step) => 1;

    /// <summary>How much of the clean sample and of noise there is before a step.</summary>
    NoiseMix MixAt(SamplingPlan plan, int step);

    /// <summary>How much of the clean sample and of noise there is at a timestep.</summary>
    NoiseMix MixAt(SamplingPlan plan, double timestep) => MixAt(plan, plan.IndexOf(timestep));

    /// <summary>The shift for an image of so many tokens; <c>null</c> where there is no dynamic shifting.</summary>
    double? DynamicShift(int imageTokens) => null;

    /// <summary>The sample after a step, as a new tensor.</summary>
    /// <param name="plan">The run's plan.</param>
    /// <param name="step">Index of the step.</param>
    /// <param name="output">What the model predicted.</param>
    /// <param name="sample">The sample before the step.</param>
    /// <param name="noise">Draws unit normal noise, or says that the caller gave none.</param>
    Tensor Step(SamplingPlan plan, int step, Tensor output, Tensor sample, Func<Tensor> noise);

    /// <summary>Lets kept tensors go.</summary>
    void IDisposable.Dispose()
    {
        // Most methods keep none.
    }
}
