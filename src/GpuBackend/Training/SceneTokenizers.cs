using System.Text.Json;
using Google.Protobuf;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Tokenizers;

namespace SimServe.GpuBackend.Training;

/// <summary>Writes tokenizers of the scenes' words in the layout of transformers: each word of a caption is one token; any other text is letters.</summary>
public static class SceneTokenizers
{
    /// <summary>The longest text, tokens, of CLIP: markers included.</summary>
    public const int ClipLength = 32;

    /// <summary>The longest text, tokens, of T5: end token included.</summary>
    public const int T5Length = 28;

    /// <summary>Tokens of CLIP's vocabulary; the last is the end of a text, the one before it the start.</summary>
    public static int ClipCount => (2 * ByteValues) + Merges().Count() + 2;

    /// <summary>Pieces of T5's vocabulary.</summary>
    public static int T5Count => Pieces().Count();

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private const int ByteValues = 256;
    private const string Start = "<|startoftext|>";
    private const string End = "<|endoftext|>";

    /// <summary>Words of captions.</summary>
    public static IReadOnlyList<string> Words { get; } =
    [
        // Words that begin with two letters which stand within later ones come later: byte pairs are joined by their rank.
        "striped", "background", "triangle", "circle", "purple", "yellow", "square", "diamond", "dotted", "green", "stone", "grass", "cross", "small", "large",
        "right", "above", "below", "white", "sand", "star", "left", "blue", "red", "sky", "of", "on", "a",
    ];

    /// <summary>Writes a CLIP tokenizer.</summary>
    /// <param name="folder">Its folder, made when missing.</param>
    public static void WriteClip(string folder)
    {
        Directory.CreateDirectory(folder);
        string[] symbols = [.. Enumerable.Range(0, ByteValues).Select(static value => ByteSymbols.Of((byte)value).ToString())];
        var merges = Merges().ToArray();
        string[] tokens = [.. symbols, .. symbols.Select(static symbol => symbol + ByteSymbols.WordEnd), .. merges.Select(static merge => merge.Left + merge.Right), Start, End];
        WholeFile.Write(Path.Combine(folder, "vocab.json"), JsonSerializer.Serialize(tokens.Index().ToDictionary(static item => item.Item, static item => item.Index)));
        WholeFile.Write(Path.Combine(folder, "merges.txt"), string.Concat(merges.Select(static merge => $"{merge.Left} {merge.Right}\n").Prepend("#version: 0.2\n")));
        WriteConfig(folder, new { tokenizer_class = "CLIPTokenizer", bos_token = Start, eos_token = End, pad_token = End, unk_token = End, model_max_length = ClipLength });
    }

    /// <summary>Writes a T5 tokenizer.</summary>
    /// <param name="folder">Its folder, made when missing.</param>
    public static void WriteT5(string folder)
    {
        Directory.CreateDirectory(folder);
        using var model = new MemoryStream();
        using (var output = new CodedOutputStream(model, leaveOpen: true))
        {
            foreach (var (piece, score, kind) in Pieces())
            {
                WriteMessage(output, 1, message =>
                {
                    WriteText(message, 1, piece);
                    message.WriteTag(2, WireFormat.WireType.Fixed32);
                    message.WriteFloat(score);
                    WriteNumber(message, 3, kind);
                });
            }

            WriteMessage(output, 2, message =>
            {
                // A unigram model; numbers of the unknown, start (none), end and padding tokens.
                foreach (var (field, value) in new[] { (3, 1), (4, Pieces().Count()), (40, 2), (41, -1), (42, 1), (43, 0) })
                {
                    WriteNumber(message, field, value);
                }
            });
            WriteMessage(output, 3, static message =>
            {
                WriteText(message, 1, "identity");
                WriteText(message, 2, string.Empty);
            });
        }

        WholeFile.Write(Path.Combine(folder, "spiece.model"), model.ToArray());
        WriteConfig(folder, new { tokenizer_class = "T5Tokenizer", eos_token = "</s>", pad_token = "<pad>", unk_token = "<unk>", extra_ids = 0, added_tokens_decoder = AddedT5(), model_max_length = T5Length });
    }

    private static void WriteConfig(string folder, object config) =>
        WholeFile.Write(Path.Combine(folder, "tokenizer_config.json"), JsonSerializer.Serialize(config, Indented) + "\n");

    private static Dictionary<string, object> AddedT5() => new[] { "<pad>", "</s>", "<unk>" }.Index().ToDictionary(
        static item => $"{item.Index}", static object (item) => new { content = item.Item, lstrip = false, rstrip = false, special = true });

    // Every word letter by letter from its beginning.
    private static IEnumerable<(string Left, string Right)> Merges() => Words.Where(static word => word.Length > 1)
        .SelectMany(static word => Enumerable.Range(1, word.Length - 1).Select(length => (word[..length], word[length] + (length + 1 == word.Length ? ByteSymbols.WordEnd : string.Empty))))
        .Distinct();

    // A word's score lies above that of its letters together. Kinds: 1 a piece, 2 unknown, 3 control.
    private static IEnumerable<(string Piece, float Score, int Kind)> Pieces()
    {
        yield return ("<pad>", 0, 3);
        yield return ("</s>", 0, 3);
        yield return ("<unk>", 0, 2);
        foreach (var word in Words.Append("A"))
        {
            yield return (SentencePieceModel.Space + word, -1, 1);
        }

        yield return (SentencePieceModel.Space.ToString(), -20, 1);
        foreach (var letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,;:!?'-")
        {
            yield return (letter.ToString(), -20, 1);
        }
    }

    private static void WriteMessage(CodedOutputStream output, int field, Action<CodedOutputStream> write)
    {
        using var inner = new MemoryStream();
        using (var message = new CodedOutputStream(inner, leaveOpen: true))
        {
            write(message);
        }

        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(inner.ToArray()));
    }

    private static void WriteText(CodedOutputStream message, int field, string text)
    {
        message.WriteTag(field, WireFormat.WireType.LengthDelimited);
        message.WriteString(text);
    }

    private static void WriteNumber(CodedOutputStream message, int field, int value)
    {
        message.WriteTag(field, WireFormat.WireType.Varint);
        message.WriteInt32(value);
    }
}
