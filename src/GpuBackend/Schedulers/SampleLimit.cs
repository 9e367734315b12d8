using SimServe.GpuBackend.ModelFiles;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Schedulers;

/// <summary>Keeps predicted clean samples inside the range of pixels; for models of pixels, not of latents.</summary>
/// <param name="Clip">Largest size of a value, unless thresholding is on.</param>
/// <param name="Ratio">Quantile of thresholding; <c>null</c> without it.</param>
/// <param name="LargestQuantile">Upper limit of the quantile's value.</param>
internal sealed record SampleLimit(double Clip, double? Ratio, double LargestQuantile)
{
    /// <summary>Reads the limit from a configuration.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="clips">Whether the class knows plain clipping, which it then does unless told otherwise.</param>
    /// <returns><c>null</c> where samples are left alone.</returns>
    public static SampleLimit? Read(ConfigFile config, bool clips)
    {
        var clip = clips && config.Flag("clip_sample", true);
        var thresholding = config.Flag("thresholding", false);
        var range = clips ? config.Positive("clip_sample_range", 1) : 1;
        var ratio = config.Positive("dynamic_thresholding_ratio", 0.995, below: 1);
        var largest = config.Positive("sample_max_value", 1);
        return thresholding ? new SampleLimit(range, ratio, largest) : clip ? new SampleLimit(range, null, largest) : null;
    }

    /// <summary>The sample inside the range.</summary>
    /// <param name="clean">[B, ...].</param>
    public Tensor Apply(Tensor clean) => Ratio is { } ratio ? Threshold(clean, ratio) : clean.clamp(-Clip, Clip);

    // Source: Saharia et al., "Photorealistic Text-to-Image Diffusion Models", arXiv 2205.11487, section 2.3.
    private Tensor Threshold(Tensor clean, double ratio)
    {
        var rows = clean.reshape(clean.shape[0], -1);
        var share = tensor(ratio, dtype: rows.dtype, device: rows.device);
        var bound = quantile(rows.abs(), share, dim: 1, keepdim: true).clamp(1, LargestQuantile);
        return minimum(maximum(rows, bound.neg()), bound).div_(bound).reshape(clean.shape);
    }
}
