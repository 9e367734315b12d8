using SimServe.GpuBackend.Schedulers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>Latents at training steps drawn at random, and what a model that predicts velocities, or noise, should say of them.</summary>
/// <param name="Sample">Noised latents, [B, C, h, w].</param>
/// <param name="Timesteps">Training steps, [B], float32.</param>
/// <param name="Noise">[B, C, h, w].</param>
/// <param name="Velocity">[B, C, h, w].</param>
/// <param name="Levels">Share of noise, 0 to 1, of noise and latents, [B].</param>
/// <remarks>Source: Salimans and Ho, "Progressive Distillation for Fast Sampling of Diffusion Models", 2022, appendix D.</remarks>
internal sealed record NoisedLatents(Tensor Sample, Tensor Timesteps, Tensor Noise, Tensor Velocity, Tensor Levels)
{
    /// <summary>Draws noise and steps.</summary>
    /// <param name="latents">Clean latents.</param>
    /// <param name="schedule">Noise of each training step.</param>
    /// <param name="generator">Draws.</param>
    public static NoisedLatents Draw(Tensor latents, TrainingSchedule schedule, Generator generator)
    {
        var steps = randint(schedule.Steps, [latents.shape[0]], device: latents.device, generator: generator);
        var bars = tensor([.. Enumerable.Range(0, schedule.Steps).Select(step => (float)schedule.AlphaBar(step))], device: latents.device).index_select(0, steps).view(-1, 1, 1, 1);
        var (signal, noise) = (bars.sqrt(), bars.neg().add(1).sqrt());
        var drawn = randn(latents.shape, device: latents.device, generator: generator);
        return new NoisedLatents(
            latents.mul(signal).add(drawn.mul(noise)), steps.to(ScalarType.Float32), drawn, drawn.mul(signal).sub(latents.mul(noise)), noise.div(signal.add(noise)).view(-1));
    }
}
