using System.Text;

namespace SimServe.GpuBackend.Tokenizers;

/// <summary>Composes characters with their accents: Unicode normalization form C.</summary>
/// <remarks>
/// Source: Unicode Standard Annex 15, "Unicode Normalization Forms". <c>string.Normalize</c> does nothing where globalization is invariant, as it
/// is here so that a run needs no ICU library. The data are those of Unicode 15.0, like the reference's (15.1 changed none of them).
/// </remarks>
internal static class CanonicalComposition
{
    // No character below this one takes part in any composition with the characters before it.
    private const char FirstMark = '\u0300';

    /// <summary>The composed form of a text without lone surrogates.</summary>
    public static string Compose(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange(FirstMark, char.MaxValue))
        {
            return text;
        }

        var data = CanonicalData.Shared;
        List<int> points = [];
        foreach (var rune in text.EnumerateRunes())
        {
            data.Decompose(rune.Value, points);
        }

        Order(points, data);
        return Text(Composed(points, data));
    }

    // Marks of different classes after one base do not interact, so their order carries no meaning: it is made the same everywhere.
    private static void Order(List<int> points, CanonicalData data)
    {
        for (var start = 0; start < points.Count;)
        {
            var end = start;
            while (end < points.Count && data.Class(points[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                int[] sorted = [.. points.GetRange(start, end - start).OrderBy(data.Class)];
                for (var i = 0; i < sorted.Length; i++)
                {
                    points[start + i] = sorted[i];
                }
            }

            start = end + 1;
        }
    }

    private static List<int> Composed(List<int> points, CanonicalData data)
    {
        List<int> result = new(points.Count);
        var (start, lastClass) = (-1, 0);
        foreach (var point in points)
        {
            var itsClass = data.Class(point);
            var adjacent = start == result.Count - 1;
            if (start >= 0 && (adjacent || (lastClass != 0 && lastClass < itsClass)) && data.Compose(result[start], point) is { } composite)
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

    private static string Text(List<int> points)
    {
        var text = new StringBuilder(points.Count);
        foreach (var point in points)
        {
            text.Append(new Rune(point));
        }

        return text.ToString();
    }
}
