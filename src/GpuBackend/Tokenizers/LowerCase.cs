using System.Globalization;
using System.Text;

namespace SimServe.GpuBackend.Tokenizers;

/// <summary>Folds to lower case with the two special cases of the Unicode standard that simple mapping leaves out.</summary>
/// <remarks>
/// Source: The Unicode Standard, section 3.13 and SpecialCasing.txt: the Turkish capital I with dot becomes two characters, and a capital sigma
/// at the end of a word becomes a final sigma.
/// </remarks>
internal static class LowerCase
{
    // Characters inside words, besides those whose category says so (Word_Break MidLetter, MidNumLet and Single_Quote).
    private const string InsideWords = "'.:·՟״·‧︓﹕：’‘․﹒＇．";

    public static string Of(string text)
    {
        var lower = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            _ = text[i] switch
            {
                'İ' => lower.Append("i\u0307"),
                'Σ' when EndsWord(text, i) => lower.Append('ς'),
                _ => AppendSimple(lower, text, ref i),
            };
        }

        return lower.ToString();
    }

    private static StringBuilder AppendSimple(StringBuilder lower, string text, ref int i)
    {
        Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var length);
        i += length - 1;
        return lower.Append(Rune.ToLowerInvariant(rune));
    }

    private static bool EndsWord(string text, int sigma) =>
        SeesCased(text.AsSpan(0, sigma), fromEnd: true) && !SeesCased(text.AsSpan(sigma + 1), fromEnd: false);

    private static bool SeesCased(ReadOnlySpan<char> text, bool fromEnd)
    {
        while (!text.IsEmpty)
        {
            Rune rune;
            int length;
            _ = fromEnd ? Rune.DecodeLastFromUtf16(text, out rune, out length) : Rune.DecodeFromUtf16(text, out rune, out length);
            var category = Rune.GetUnicodeCategory(rune);
            if (!IsIgnorable(rune, category))
            {
                return IsCased(rune, category);
            }

            text = fromEnd ? text[..^length] : text[length..];
        }

        return false;
    }

    // Letters with case, ordinals, Roman numerals, circled and squared letters.
    private static bool IsCased(Rune rune, UnicodeCategory category) =>
        category is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        || rune.Value is 'ª' or 'º' or (>= 0x2160 and <= 0x217F) or (>= 0x24B6 and <= 0x24E9)
            or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);

    private static bool IsIgnorable(Rune rune, UnicodeCategory category) =>
        category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol
        || (rune.IsBmp && InsideWords.Contains((char)rune.Value));
}
