using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>The noise a run starts from: the same for a template and an edit with the same seed.</summary>
/// <remarks>Each token has a stream of its own, so that an edit draws the noise of its masked tokens only.</remarks>
internal static class InitialNoise
{
    /// <summary>Name of the streams that runs start from.</summary>
    public const string Stream = "initial-noise";

    /// <summary>Standard normal numbers.</summary>
    /// <param name="model">The model.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="tokens">Image tokens.</param>
    /// <returns>[tokens, C], float32, on the model's device.</returns>
    public static Tensor Draw(FluxModel model, long seed, IReadOnlyList<int> tokens)
    {
        var channels = model.Config.Transformer.InChannels;
        return model.Here(Draw(seed, tokens, channels), tokens.Count, channels);
    }

    /// <summary>The same numbers in host memory, token by token.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="tokens">Image tokens.</param>
    /// <param name="channels">Numbers of a token.</param>
    /// <param name="stream">What they are for.</param>
    public static float[] Draw(long seed, IReadOnlyList<int> tokens, int channels, string stream = Stream)
    {
        var values = new float[tokens.Count * channels];
        for (var row = 0; row < tokens.Count; row++)
        {
            var random = new RandomStream(seed, $"{stream}:{tokens[row]}");
            foreach (ref var value in values.AsSpan(row * channels, channels))
            {
                value = (float)random.NextGaussian();
            }
        }

        return values;
    }
}
