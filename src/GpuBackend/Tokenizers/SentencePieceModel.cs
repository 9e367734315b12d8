using Microsoft.ML.Tokenizers;
using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Tokenizers;

/// <summary>A SentencePiece model file, through Microsoft.ML.Tokenizers.</summary>
/// <remarks>
/// Source: Kudo and Richardson, "SentencePiece", 2018. Two things in which version 2.0.1 of the library departs from the original are made
/// good here: it cannot load a model without a start token, as those of T5 are, and it reports each unknown character of a row where the
/// original reports one unknown piece.
/// </remarks>
internal sealed class SentencePieceModel
{
    /// <summary>Stands for a space in pieces.</summary>
    public const char Space = '▁';

    // A message field of the file's format that occurs twice is merged, the later value wins: trainer_spec (2) { bos_id (41): 0 }.
    // No start token is ever asked for, so any number inside the vocabulary will do.
    private static readonly byte[] StartTokenInRange = [0x12, 0x03, 0xC8, 0x02, 0x00];

    private readonly SentencePieceTokenizer _tokenizer;
    private readonly Dictionary<int, string> _pieces;

    private SentencePieceModel(SentencePieceTokenizer tokenizer)
    {
        _tokenizer = tokenizer;
        _pieces = tokenizer.Vocabulary.DistinctBy(static entry => entry.Value).ToDictionary(static entry => entry.Value, static entry => entry.Key);
    }

    /// <summary>Pieces of the model.</summary>
    public int Count => _pieces.Keys.Max() + 1;

    /// <summary>Reads a model.</summary>
    /// <exception cref="ModelFileException">The file is damaged, or not a SentencePiece model.</exception>
    public static SentencePieceModel Read(string path)
    {
        // The library trusts the file: each of the caught exceptions is what one kind of damage leads to.
        using var stream = new MemoryStream([.. File.ReadAllBytes(path), .. StartTokenInRange]);
        try
        {
            return new SentencePieceModel(SentencePieceTokenizer.Create(stream, addBeginningOfSentence: false, addEndOfSentence: false));
        }
        catch (Exception fault) when (fault is IOException or ArgumentException or IndexOutOfRangeException or NullReferenceException or NotSupportedException)
        {
            throw new ModelFileException($"'{path}' is not a SentencePiece model, or damaged: {fault.Message}", fault);
        }
    }

    /// <summary>The number of a piece, or <c>null</c>.</summary>
    public int? Number(string piece) => _tokenizer.Vocabulary.TryGetValue(piece, out var id) ? id : null;

    /// <summary>A piece by its number; empty when there is none.</summary>
    public string Piece(int id) => _pieces.GetValueOrDefault(id, string.Empty);

    /// <summary>Adds the numbers of a text's pieces.</summary>
    public void Encode(ReadOnlySpan<char> text, List<int> ids)
    {
        var before = ids.Count;
        foreach (var id in _tokenizer.EncodeToIds(text))
        {
            if (id != _tokenizer.UnknownId || ids.Count == before || ids[^1] != id)
            {
                ids.Add(id);
            }
        }
    }
}
