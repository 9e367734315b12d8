using SimServe.GpuBackend.Schedulers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>What templates and edits compute alike.</summary>
internal static class LatentSteps
{
    /// <summary>Where a run begins.</summary>
    /// <param name="scheduler">Its scheduler.</param>
    /// <param name="image">The picture, needed where it begins later than at the first step.</param>
    /// <param name="noise">Unit normal noise.</param>
    /// <param name="first">Its first step.</param>
    public static Tensor Begin(INoiseScheduler scheduler, Tensor? image, Tensor noise, int first) => first == 0
        ? noise.mul(scheduler.InitialNoiseScale)
        : scheduler.AddNoise(image ?? throw new ArgumentException("A run that begins late needs a picture to begin with."), noise, first);

    /// <summary>One lane's input.</summary>
    public static Tensor Input(INoiseScheduler scheduler, Tensor latents, int step, Tensor? context)
    {
        var scaled = scheduler.ScaleInput(latents, step);
        return context is null ? scaled : cat([scaled, context], 1);
    }

    /// <summary>The lanes of one run: the same input in every branch.</summary>
    /// <param name="scheduler">Its scheduler.</param>
    /// <param name="latents">Its latents before the step, [1, C, h, w].</param>
    /// <param name="step">The step.</param>
    /// <param name="context">Further channels, or <c>null</c>.</param>
    /// <param name="branches">Its branches' conditions.</param>
    public static DenoiserBatch Lanes(INoiseScheduler scheduler, Tensor latents, int step, Tensor? context, IReadOnlyList<DenoiserCondition> branches) => new()
    {
        Sample = Input(scheduler, latents, step, context).expand(branches.Count, -1, -1, -1),
        Timesteps = [.. Enumerable.Repeat(scheduler.Timesteps[step], branches.Count)],
        Conditions = branches,
    };

    /// <summary>Classifier-free guidance (Ho and Salimans, 2022): away from the negative prediction.</summary>
    /// <param name="lanes">[1 or 2, C, h, w], the negative one first.</param>
    /// <param name="scale">Its scale.</param>
    /// <returns>[1, C, h, w].</returns>
    public static Tensor Guided(Tensor lanes, double scale)
    {
        if (lanes.shape[0] == 1)
        {
            return lanes;
        }

        var (negative, positive) = (lanes.narrow(0, 0, 1), lanes.narrow(0, 1, 1));
        return positive.sub(negative).mul_(scale).add_(negative);
    }
}
