using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using SimServe.GpuBackend.Tokenizers;

namespace SimServe.GpuBackend.Tests.Tokenizers;

/// <summary>Writes folders of small tokenizers for one test each.</summary>
internal sealed class TokenizerFiles : IDisposable
{
    public const int Start = 516;
    public const int End = 517;

    public string Folder { get; } = Directory.CreateTempSubdirectory("simserve-tokenizer-").FullName;

    /// <summary>A CLIP tokenizer of all byte symbols (0 to 511), "ca", "at", "cat", "hi" and the two markers.</summary>
    public static TokenizerFiles Clip()
    {
        var files = new TokenizerFiles();
        string[] symbols = [.. Enumerable.Range(0, 256).Select(static value => ByteSymbols.Of((byte)value).ToString())];
        string[] tokens = [.. symbols, .. symbols.Select(static symbol => symbol + "</w>"), "ca", "at</w>", "cat</w>", "hi</w>", "<|startoftext|>", "<|endoftext|>"];
        files.Write("vocab.json", JsonSerializer.Serialize(tokens.Index().ToDictionary(static token => token.Item, static token => token.Index)));
        files.Write("merges.txt", "#version: 0.2\na t</w>\nc a\nc at</w>\nh i</w>\n");
        files.Write("tokenizer_config.json", """{"tokenizer_class": "CLIPTokenizer", "model_max_length": 77}""");
        return files;
    }

    /// <summary>A T5 tokenizer of the given pieces after padding, end and unknown; scores fall from -1 by 1. The normalization has a name only.</summary>
    public static TokenizerFiles T5(string normalization, params ReadOnlySpan<string> pieces)
    {
        var files = new TokenizerFiles();
        List<byte> model = [.. Piece("<pad>", 0, 3), .. Piece("</s>", 0, 3), .. Piece("<unk>", 0, 2)];
        for (var i = 0; i < pieces.Length; i++)
        {
            model.AddRange(Piece(pieces[i], -1 - i, 1));
        }

        // trainer_spec: unigram, unknown 2, start -1, end 1, padding 0.
        model.AddRange(Field(2, [0x18, 1, 0xC0, 2, 2, 0xC8, 2, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 0xD0, 2, 1, 0xD8, 2, 0, .. Names()]));
        model.AddRange(Field(3, Field(1, Encoding.UTF8.GetBytes(normalization))));
        File.WriteAllBytes(Path.Combine(files.Folder, "spiece.model"), [.. model]);
        files.Write("tokenizer_config.json", """{"tokenizer_class": "T5Tokenizer", "model_max_length": 512}""");
        return files;
    }

    public void Write(string file, string text) => File.WriteAllText(Path.Combine(Folder, file), text);

    public void Delete(string file) => File.Delete(Path.Combine(Folder, file));

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static byte[] Names() => [.. Field(45, "<unk>"u8), .. Field(47, "</s>"u8), .. Field(48, "<pad>"u8)];

    private static byte[] Piece(string piece, float score, byte type)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, score);
        return Field(1, [.. Field(1, Encoding.UTF8.GetBytes(piece)), 0x15, .. bytes, 0x18, type]);
    }

    // A protobuf field of bytes.
    private static byte[] Field(int number, ReadOnlySpan<byte> value) => [.. Number((number << 3) | 2), .. Number(value.Length), .. value];

    private static byte[] Number(int value) => value < 128 ? [(byte)value] : [(byte)(value & 127 | 128), .. Number(value >> 7)];
}
