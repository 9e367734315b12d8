using SimServe.GpuBackend.Models;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>The noise a run starts from: the same for a template and an edit with the same seed.</summary>
internal static class InitialNoise
{
    /// <summary>Standard normal numbers.</summary>
    /// <returns>[L, C].</returns>
    public static Tensor Draw(FluxConfig config, long seed)
    {
        var random = new RandomStream(seed, "initial-noise");
        var values = new float[config.Grid.Count * config.InChannels];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)random.NextGaussian();
        }

        return tensor(values, [config.Grid.Count, config.InChannels]);
    }
}
