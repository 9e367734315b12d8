namespace SimServe.GpuBackend.Tokenizers;

/// <summary>A prompt as token numbers of a fixed length.</summary>
public sealed record TokenizedText
{
    /// <summary>Token numbers: start token where the kind has one, text, end token, padding.</summary>
    public required IReadOnlyList<int> Ids { get; init; }

    /// <summary>For each token 1, or 0 where it is padding.</summary>
    public required IReadOnlyList<int> Mask { get; init; }

    /// <summary>Token numbers of the end of the text that did not fit; empty when everything did.</summary>
    public required IReadOnlyList<int> Truncated { get; init; }

    /// <summary>What <see cref="Truncated"/> says, for a warning; lower case where the tokenizer folds case.</summary>
    public required string TruncatedText { get; init; }
}
