using SimServe.GpuBackend.Tokenizers;
using SimServe.GpuBackend.Training.Scenes;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>Captions as token numbers, and what each token should know of its caption.</summary>
/// <param name="Ids">[B, T], int64.</param>
/// <param name="Places">Flat places, b * T + t, of tokens that belong to a phrase, [N], int64.</param>
/// <param name="Facts">What those tokens should know, [N, <see cref="CaptionFacts.Count"/>], int64.</param>
internal sealed record CaptionTokens(Tensor Ids, Tensor Places, Tensor Facts)
{
    /// <summary>Tokens of captions.</summary>
    /// <param name="captions">The captions.</param>
    /// <param name="tokenizer">Has a token for each of their words.</param>
    /// <param name="before">Tokens before the first word: 1 for CLIP, 0 for T5.</param>
    /// <param name="fromNoun">Whether words before the noun of their phrase are left out: a model that reads forwards cannot know the phrase there.</param>
    /// <param name="device">Where they go.</param>
    public static CaptionTokens Of(IReadOnlyList<SceneCaption> captions, ITokenizer tokenizer, int before, bool fromNoun, Device device)
    {
        var length = tokenizer.MaxLength;
        var ids = new long[captions.Count * length];
        List<long> places = [];
        List<long> facts = [];
        for (var row = 0; row < captions.Count; row++)
        {
            var caption = captions[row];
            var encoded = tokenizer.Encode(caption.Text, length).Ids;
            for (var i = 0; i < length; i++)
            {
                ids[(row * length) + i] = encoded[i];
            }

            var known = -1;
            foreach (var (index, word) in caption.Words.Index())
            {
                // The phrase whose noun has been read.
                known = Enum.TryParse<SceneShape>(word.Text, ignoreCase: true, out _) ? word.Phrase : known;
                if (word.Phrase >= 0 && (!fromNoun || word.Phrase == known))
                {
                    places.Add((row * length) + before + index);
                    facts.AddRange(CaptionFacts.Of(caption, word.Phrase));
                }
            }
        }

        return new CaptionTokens(
            tensor(ids, [captions.Count, length], device: device),
            tensor(places.ToArray(), device: device),
            tensor(facts.ToArray(), [places.Count, CaptionFacts.Count], device: device));
    }
}
