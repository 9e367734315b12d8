using System.Globalization;
using System.Text;

namespace SimServe.GpuBackend.Tokenizers;

/// <summary>Cleans a prompt and finds its words as CLIP's slow tokenizer does without ftfy.</summary>
internal static class ClipText
{
    // A mark whose capital is a letter: when case is ignored it is in none of the pattern's classes, so it falls between words like a space.
    private const int Ypogegrammeni = 0x345;

    // In the order in which the pattern of the reference tries them.
    private static readonly string[] Fixed = ["<|startoftext|>", "<|endoftext|>", "'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    // First and last code point of each block of Chinese characters; the Japanese and Korean alphabets are not among them.
    private static readonly (int First, int Last)[] Ideographs =
    [
        (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F), (0x2B820, 0x2CEAF),
        (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
    ];

    private enum Kind
    {
        Space,
        Letter,
        Digit,
        Other,
    }

    /// <summary>Drops control characters, sets ideographs apart, composes accents (NFC) and folds to lower case.</summary>
    public static string Clean(ReadOnlySpan<char> text)
    {
        var clean = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            Append(clean, rune);
        }

        return LowerCase.Of(CanonicalComposition.Compose(clean.ToString()));
    }

    /// <summary>UTF-16 units of the word at the start of a clean text: a fixed one, letters, one digit, or other characters; 0 at a space.</summary>
    public static int WordLength(ReadOnlySpan<char> text)
    {
        foreach (var word in text[0] is '<' or '\'' ? Fixed : [])
        {
            if (StartsWith(text, word))
            {
                return word.Length;
            }
        }

        var kind = KindOf(text, out var length);
        return kind switch
        {
            Kind.Space => 0,
            Kind.Digit => length,
            _ => RunLength(text, kind, length),
        };
    }

    private static void Append(StringBuilder clean, Rune rune)
    {
        var category = Rune.GetUnicodeCategory(rune);
        if (rune.Value is '\t' or '\n' or '\r' || category == UnicodeCategory.SpaceSeparator)
        {
            clean.Append(' ');
        }
        else if (Array.Exists(Ideographs, block => rune.Value >= block.First && rune.Value <= block.Last))
        {
            clean.Append(' ').Append(rune).Append(' ');
        }
        else if (rune != Rune.ReplacementChar && !IsControl(category))
        {
            clean.Append(rune);
        }
    }

    private static bool IsControl(UnicodeCategory category) => category is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    private static int RunLength(ReadOnlySpan<char> text, Kind kind, int length)
    {
        while (length < text.Length && KindOf(text[length..], out var next) == kind)
        {
            length += next;
        }

        return length;
    }

    private static Kind KindOf(ReadOnlySpan<char> text, out int length)
    {
        Rune.DecodeFromUtf16(text, out var rune, out length);
        if (Rune.IsWhiteSpace(rune) || rune.Value == Ypogegrammeni)
        {
            return Kind.Space;
        }

        return Rune.IsLetter(rune) ? Kind.Letter : Rune.IsNumber(rune) ? Kind.Digit : Kind.Other;
    }

    // The long s is the one small letter that equals another when case is ignored, as the reference's pattern does.
    private static bool StartsWith(ReadOnlySpan<char> text, string word)
    {
        for (var i = 0; i < word.Length; i++)
        {
            if (i >= text.Length || (text[i] == 'ſ' ? 's' : text[i]) != word[i])
            {
                return false;
            }
        }

        return true;
    }
}
