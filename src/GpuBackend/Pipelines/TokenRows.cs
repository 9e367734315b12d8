using SimServe.GpuBackend.Tokenizers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>Prompts as rows of token numbers.</summary>
internal static class TokenRows
{
    /// <summary>Tokens of texts, padded or cut to one length.</summary>
    /// <returns>[B, length], int64.</returns>
    public static Tensor Of(ITokenizer tokenizer, IReadOnlyList<string> texts, int length, Device device, IPipelineObserver? observer)
    {
        var ids = new long[texts.Count * length];
        for (var row = 0; row < texts.Count; row++)
        {
            var encoded = tokenizer.Encode(texts[row], length);
            if (encoded.Truncated.Count > 0)
            {
                observer?.Warned($"The prompt \"{Short(texts[row])}\" is longer than {length} tokens; its last {encoded.Truncated.Count} are not seen by the model.");
            }

            for (var i = 0; i < length; i++)
            {
                ids[(row * length) + i] = encoded.Ids[i];
            }
        }

        return tensor(ids, [texts.Count, length], device: device);
    }

    private static string Short(string text)
    {
        const int Shown = 60;
        return text.Length <= Shown ? text : text[..Shown] + "...";
    }
}
