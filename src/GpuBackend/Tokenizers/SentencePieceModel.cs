using System.Buffers;
using System.Text;
using Google.Protobuf;
using Microsoft.ML.Tokenizers;
using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Tokenizers;

/// <summary>A SentencePiece model file, through Microsoft.ML.Tokenizers.</summary>
/// <remarks>
/// Source: Kudo and Richardson, "SentencePiece", 2018. Three things in which version 2.0.1 of the library departs from the original are made
/// good here: it cannot load a model without a start token, as those of T5 are; it reports each unknown character of a row where the
/// original reports one unknown piece; and it keeps the control characters that the normalizations named <c>nmt_</c> delete. On every other
/// character the two agree.
/// </remarks>
internal sealed class SentencePieceModel
{
    /// <summary>Stands for a space in pieces.</summary>
    public const char Space = '▁';

    // Fields of the file's format.
    private const int Pieces = 1;
    private const int NormalizerSpec = 3;

    // A message field of the file's format that occurs twice is merged, the later value wins: trainer_spec (2) { bos_id (41): 0 }.
    // No start token is ever asked for, so any number inside the vocabulary will do.
    private static readonly byte[] StartTokenInRange = [0x12, 0x03, 0xC8, 0x02, 0x00];

    private static readonly SearchValues<char> Deleted = SearchValues.Create([.. Enumerable.Range(0, 0xA0).Select(static value => (char)value)
        .Where(static value => value is (>= '\u0001' and <= '\u0008') or '\u000B' or (>= '\u000E' and <= '\u001F') or '\u007F' or '\u008F' or '\u009F')]);

    private readonly SentencePieceTokenizer _tokenizer;
    private readonly bool _deletes;
    private readonly Dictionary<int, string> _pieces;

    private SentencePieceModel(SentencePieceTokenizer tokenizer, string normalization)
    {
        _tokenizer = tokenizer;
        _deletes = normalization.StartsWith("nmt_", StringComparison.Ordinal);
        _pieces = tokenizer.Vocabulary.DistinctBy(static entry => entry.Value).ToDictionary(static entry => entry.Value, static entry => entry.Key);
    }

    /// <summary>Pieces of the model.</summary>
    public int Count => _pieces.Keys.Max() + 1;

    /// <summary>Reads a model.</summary>
    /// <exception cref="ModelFileException">The file is damaged, or not a SentencePiece model.</exception>
    public static SentencePieceModel Read(string path)
    {
        // The library trusts the file: each of the caught exceptions is what one kind of damage leads to.
        byte[] model = [.. File.ReadAllBytes(path), .. StartTokenInRange];
        try
        {
            MustHoldWhatTheLibraryReads(model, path);
            using var stream = new MemoryStream(model);
            return new SentencePieceModel(
                SentencePieceTokenizer.Create(stream, addBeginningOfSentence: false, addEndOfSentence: false), Normalization(model));
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
        foreach (var id in _tokenizer.EncodeToIds(_deletes && text.ContainsAny(Deleted) ? WithoutDeleted(text) : text))
        {
            if (id != _tokenizer.UnknownId || ids.Count == before || ids[^1] != id)
            {
                ids.Add(id);
            }
        }
    }

    private static string WithoutDeleted(ReadOnlySpan<char> text) =>
        string.Concat(text.ToString().Where(static letter => !Deleted.Contains(letter)));

    // The library follows a null reference where a part is missing, and that is no exception everywhere: once libtorch uses AMX, the .NET 10 runtime dies of the signal.
    private static void MustHoldWhatTheLibraryReads(byte[] model, string path)
    {
        if (Find(model, Pieces) is null || Find(model, NormalizerSpec) is null)
        {
            throw new ModelFileException($"'{path}' is not a SentencePiece model, or damaged: it holds no {(Find(model, Pieces) is null ? "pieces" : "normalization")}.");
        }
    }

    // name (1) of normalizer_spec (3).
    private static string Normalization(byte[] model) => Find(model, NormalizerSpec) is { } spec && Find(spec, 1) is { } name
        ? Encoding.UTF8.GetString(name)
        : string.Empty;

    // The first field of bytes with a number.
    private static byte[]? Find(byte[] message, int number)
    {
        using var input = new CodedInputStream(message);
        while (input.ReadTag() is not 0 and var tag)
        {
            if (WireFormat.GetTagFieldNumber(tag) == number && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                return input.ReadBytes().ToByteArray();
            }

            input.SkipLastField();
        }

        return null;
    }
}
