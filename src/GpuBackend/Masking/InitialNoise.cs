using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>The noise a run starts from: the same for a template and an edit with the same seed.</summary>
/// <remarks>Each token has a stream of its own, so that an edit draws the noise of its masked tokens only.</remarks>
internal static class InitialNoise
{
    /// <summary>Standard normal numbers.</summary>
    /// <param name="model">The model.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="tokens">Image tokens.</param>
    /// <returns>[tokens, C], float32, on the model's device.</returns>
    public static Tensor Draw(FluxModel model, long seed, IReadOnlyList<int> tokens)
    {
        var channels = model.Config.Transformer.InChannels;
        var values = new float[tokens.Count * channels];
        for (var row = 0; row < tokens.Count; row++)
        {
            var random = new RandomStream(seed, $"initial-noise:{tokens[row]}");
            foreach (ref var value in values.AsSpan(row * channels, channels))
            {
                value = (float)random.NextGaussian();
            }
        }

        return model.Here(values, tokens.Count, channels);
    }
}
