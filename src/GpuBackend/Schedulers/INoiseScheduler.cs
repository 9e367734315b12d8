using static TorchSharp.torch;

namespace SimServe.GpuBackend.Schedulers;

/// <summary>The noise schedule and the solver of ONE request's sampling: requests of one batch sit at different steps.</summary>
/// <remarks>
/// Call <see cref="SetSteps"/>, for image-to-image <see cref="Begin"/>, and then <see cref="Step"/> for each step in order. Not thread safe.
/// The tensor work runs on the sample's device, in float32 at least; results have the sample's type and belong to the caller.
/// Several methods keep tensors of earlier steps: dispose of the scheduler when its request ends.
/// Values agree with the schedulers of Hugging Face diffusers 0.35.
/// </remarks>
public interface INoiseScheduler : IDisposable
{
    /// <summary>The timestep given to the model at each step, falling.</summary>
    /// <value>In training steps, e.g. 999 to 0; the PNDM method takes one step more than was asked for.</value>
    /// <exception cref="InvalidOperationException"><see cref="SetSteps"/> was not called.</exception>
    IReadOnlyList<double> Timesteps { get; }

    /// <summary>Whether every timestep is a whole number by definition, so that the reference passes an integer.</summary>
    bool IntegerTimesteps { get; }

    /// <summary>The noise level of each step and the level after the last one.</summary>
    /// <value>One more than <see cref="Timesteps"/>; empty where the method has no such levels.</value>
    IReadOnlyList<double> Sigmas { get; }

    /// <summary>Factor of the unit normal noise a text-to-image run starts from.</summary>
    double InitialNoiseScale { get; }

    /// <summary>Chooses the steps and forgets the run so far.</summary>
    /// <param name="steps">How many steps and, for flow matching, which.</param>
    /// <exception cref="ArgumentException">The method cannot take these steps.</exception>
    void SetSteps(SchedulerSteps steps);

    /// <summary>Starts the run at a later step, as image-to-image of a strength below 1 does.</summary>
    /// <param name="firstStep">Index of the first step that will be taken; from 0 to the number of timesteps.</param>
    void Begin(int firstStep);

    /// <summary>The shift that dynamic shifting asks for, to be passed as <see cref="SchedulerSteps.Mu"/>.</summary>
    /// <param name="imageTokens">Tokens of the image in the transformer, L.</param>
    /// <returns><c>null</c> where the steps do not depend on the image's size.</returns>
    double? DynamicShift(int imageTokens);

    /// <summary>The sample as the model expects it.</summary>
    /// <param name="sample">The sample of this step, [B, ...].</param>
    /// <param name="step">Index of the step.</param>
    /// <returns>A tensor that may share memory with <paramref name="sample"/>.</returns>
    Tensor ScaleInput(Tensor sample, int step);

    /// <summary>Takes one step towards the clean sample.</summary>
    /// <param name="modelOutput">What the model predicted, after guidance; [B, ...].</param>
    /// <param name="step">Index of the step; one after the last one taken.</param>
    /// <param name="sample">The sample before the step, not scaled; [B, ...].</param>
    /// <param name="noise">Draws unit normal noise of the sample's shape; called only where the method adds noise.</param>
    /// <returns>The sample after the step.</returns>
    /// <exception cref="ArgumentException">The step is not the next one, shapes differ, or the method needs noise and has none.</exception>
    Tensor Step(Tensor modelOutput, int step, Tensor sample, Func<Tensor>? noise);

    /// <summary>What the sample would be before a step, if the run led to <paramref name="clean"/>.</summary>
    /// <param name="clean">The clean sample, [B, ...].</param>
    /// <param name="noise">Unit normal noise of the same shape.</param>
    /// <param name="step">Index of the step; the number of timesteps gives the clean sample.</param>
    Tensor AddNoise(Tensor clean, Tensor noise, int step);

    /// <summary>Noises each sample of a batch to its own timestep.</summary>
    /// <param name="clean">Clean samples, [B, ...].</param>
    /// <param name="noise">Unit normal noise of the same shape.</param>
    /// <param name="timesteps">
    /// B timesteps. DDIM and PNDM take any training step; the other methods take members of <see cref="Timesteps"/>.
    /// </param>
    Tensor AddNoise(Tensor clean, Tensor noise, IReadOnlyList<double> timesteps);
}
