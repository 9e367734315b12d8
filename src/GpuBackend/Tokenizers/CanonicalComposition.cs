using System.Text;
using HarfBuzzSharp;

namespace SimServe.GpuBackend.Tokenizers;

/// <summary>Composes characters with their accents: Unicode normalization form C.</summary>
/// <remarks>
/// Source: Unicode Standard Annex 15, "Unicode Normalization Forms". <c>string.Normalize</c> does nothing where globalization is invariant, as it
/// is here so that a run needs no ICU library; HarfBuzz carries the tables of the characters.
/// </remarks>
internal static class CanonicalComposition
{
    // No character below this one takes part in any composition with the characters before it.
    private const char FirstMark = '\u0300';

    private static readonly UnicodeFunctions Functions = UnicodeFunctions.Default;

    /// <summary>The composed form of a text without lone surrogates.</summary>
    public static string Compose(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange(FirstMark, char.MaxValue))
        {
            return text;
        }

        List<uint> points = [];
        foreach (var rune in text.EnumerateRunes())
        {
            Decompose((uint)rune.Value, points);
        }

        Order(points);
        return Text(Composed(points));
    }

    // Marks of different classes after one base do not interact, so their order carries no meaning: it is made the same everywhere.
    private static void Order(List<uint> points)
    {
        for (var start = 0; start < points.Count;)
        {
            var end = start;
            while (end < points.Count && Class(points[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                uint[] sorted = [.. points.GetRange(start, end - start).OrderBy(Class)];
                for (var i = 0; i < sorted.Length; i++)
                {
                    points[start + i] = sorted[i];
                }
            }

            start = end + 1;
        }
    }

    private static List<uint> Composed(List<uint> points)
    {
        List<uint> result = new(points.Count);
        var (start, lastClass) = (-1, 0);
        foreach (var point in points)
        {
            var itsClass = Class(point);
            var adjacent = start == result.Count - 1;
            if (start >= 0 && (adjacent || (lastClass != 0 && lastClass < itsClass)) && Functions.TryCompose(result[start], point, out var composite))
            {
                result[start] = composite;
                continue;
            }

            start = itsClass == 0 ? result.Count : start;
            lastClass = itsClass;
            result.Add(point);
        }

        return result;
    }

    // The tables give one step: the parts may have parts themselves.
    private static void Decompose(uint point, List<uint> points)
    {
        if (!Functions.TryDecompose(point, out var first, out var second))
        {
            points.Add(point);
            return;
        }

        Decompose(first, points);
        if (second != 0)
        {
            Decompose(second, points);
        }
    }

    private static int Class(uint point) => (int)Functions.GetCombiningClass(point);

    private static string Text(List<uint> points)
    {
        var text = new StringBuilder(points.Count);
        foreach (var point in points)
        {
            text.Append(new Rune(point));
        }

        return text.ToString();
    }
}
