namespace SimServe.GpuBackend.Tokenizers;

/// <summary>Turns a prompt into the token numbers that a text encoder reads. Safe to use from several threads at once.</summary>
public interface ITokenizer
{
    /// <summary>Tokens that the tokenizer's own files allow, start and end tokens included.</summary>
    /// <value><c>model_max_length</c> of tokenizer_config.json.</value>
    int MaxLength { get; }

    /// <summary>Turns a prompt into exactly as many tokens as are asked for: cut at the end of the text, or padded.</summary>
    /// <param name="text">The prompt; may be empty.</param>
    /// <param name="length">Tokens, at least the start and end tokens that the kind of tokenizer adds.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is too small.</exception>
    TokenizedText Encode(string text, int length);

    /// <summary>Turns a prompt into tokens, start and end tokens included, neither cut nor padded.</summary>
    /// <param name="text">The prompt; may be empty.</param>
    IReadOnlyList<int> Ids(string text);
}
