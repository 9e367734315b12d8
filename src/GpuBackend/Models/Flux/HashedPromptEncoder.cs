using SimServe.Policies;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>A stand-in for a trained text encoder: each word is a fixed random vector.</summary>
/// <remarks>
/// It understands nothing. Equal words have equal vectors, different words nearly orthogonal ones, and position does not matter, so that
/// prompts differ, repeat exactly and have the right shapes. Words are runs of letters and digits, in lower case; words past the model's
/// text tokens count in the pooled vector only, and missing ones are filled with a vector of their own.
/// </remarks>
/// <param name="config">The model's sizes.</param>
public sealed class HashedPromptEncoder(FluxConfig config) : IPromptEncoder
{
    private const string Padding = " ";

    /// <inheritdoc/>
    public PromptEmbedding Encode(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        var words = Words(prompt);
        var text = Enumerable.Range(0, config.TextTokens)
            .SelectMany(token => Vector("token", token < words.Count ? words[token] : Padding, config.Transformer.TextWidth));
        return new PromptEmbedding([.. text], Mean(words.Count == 0 ? [Padding] : words));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static List<string> Words(string prompt)
    {
        var letters = string.Concat(prompt.Select(static c => char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' '));
        return [.. letters.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
    }

    private float[] Mean(List<string> words)
    {
        var mean = new float[config.Transformer.PooledWidth];
        foreach (var word in words)
        {
            var vector = Vector("pooled", word, config.Transformer.PooledWidth);
            for (var i = 0; i < mean.Length; i++)
            {
                mean[i] += vector[i] / words.Count;
            }
        }

        return mean;
    }

    private static float[] Vector(string use, string word, int width)
    {
        var random = new RandomStream(0, $"prompt/{use}/{word}");
        return [.. Enumerable.Range(0, width).Select(_ => (float)random.NextGaussian())];
    }
}
