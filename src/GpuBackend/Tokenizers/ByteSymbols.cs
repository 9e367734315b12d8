using System.Text;

namespace SimServe.GpuBackend.Tokenizers;

/// <summary>The printable character that stands for each byte in the files of a byte-level tokenizer.</summary>
/// <remarks>
/// Source: Radford et al., "Language Models are Unsupervised Multitask Learners", 2019 (GPT-2's encoder). Visible characters of Latin-1 stand
/// for themselves, the other bytes in order for the characters from U+0100.
/// </remarks>
internal static class ByteSymbols
{
    /// <summary>Ends the last token of a word.</summary>
    public const string WordEnd = "</w>";

    private static readonly char[] Symbols = Table();

    /// <summary>The symbol of a byte.</summary>
    public static char Of(byte value) => Symbols[value];

    /// <summary>Turns joined tokens back into text; what is no symbol stays out, broken UTF-8 becomes U+FFFD.</summary>
    public static string Text(string tokens)
    {
        var bytes = new List<byte>(tokens.Length);
        foreach (var symbol in tokens.Replace(WordEnd, "Ġ", StringComparison.Ordinal))
        {
            if (Array.IndexOf(Symbols, symbol) is >= 0 and var value)
            {
                bytes.Add((byte)value);
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static char[] Table()
    {
        var symbols = new char[byte.MaxValue + 1];
        var next = '\u0100';
        for (var value = 0; value < symbols.Length; value++)
        {
            var visible = value is (>= '!' and <= '~') or (>= '¡' and <= '¬') or (>= '®' and <= 'ÿ');
            symbols[value] = visible ? (char)value : next++;
        }

        return symbols;
    }
}
