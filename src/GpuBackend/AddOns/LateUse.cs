using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.Pipelines;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.AddOns;

/// <summary>Puts adapters into a pipeline's denoiser after some of its steps, and keeps the latents of every step.</summary>
/// <param name="pipeline">The pipeline at work.</param>
/// <param name="adapters">The adapters.</param>
/// <param name="after">Steps without them.</param>
internal sealed class LateUse(IDiffusionPipeline pipeline, PreparedAdapters adapters, int after) : IPipelineObserver
{
    private readonly List<float[]> _latents = [];

    /// <summary>Latents after each step, all images one behind the other.</summary>
    public IReadOnlyList<float[]> Latents => _latents;

    /// <summary>Steps that the scheduler takes.</summary>
    public int Steps { get; private set; }

    /// <inheritdoc/>
    public void Encoded(string name, Tensor value)
    {
    }

    /// <inheritdoc/>
    public void Begun(IReadOnlyList<double> timesteps)
    {
        Steps = timesteps.Count;
        pipeline.Adapters.Use(ModelPart.Denoiser, after == 0 ? adapters : null);
    }

    /// <inheritdoc/>
    public void Stepped(int done, int steps, Tensor latents)
    {
        using var host = latents.to(ScalarType.Float32).cpu().contiguous();
        _latents.Add(host.data<float>().ToArray());
        if (done == after)
        {
            pipeline.Adapters.Use(ModelPart.Denoiser, adapters);
        }
    }

    /// <inheritdoc/>
    public void Warned(string warning)
    {
    }
}
