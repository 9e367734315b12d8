using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>Follows a pipeline at work: progress, and the values that a reference can be compared with.</summary>
public interface IPipelineObserver
{
    /// <summary>A condition was made of the prompts.</summary>
    /// <param name="name">Its name in the reference, for instance <c>prompt_embeds</c>.</param>
    /// <param name="value">Only valid during the call.</param>
    void Encoded(string name, Tensor value);

    /// <summary>Denoising begins.</summary>
    /// <param name="timesteps">The timestep of each step that will be taken.</param>
    void Begun(IReadOnlyList<double> timesteps);

    /// <summary>One step was taken.</summary>
    /// <param name="done">Steps taken.</param>
    /// <param name="steps">All steps.</param>
    /// <param name="latents">The state after the step, only valid during the call.</param>
    void Stepped(int done, int steps, Tensor latents);

    /// <summary>Something that the user should know and that does not stop the work, for instance a prompt that was cut.</summary>
    void Warned(string warning);
}
