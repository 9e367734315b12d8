using System.Globalization;

namespace SimServe.GpuBackend.Tokenizers;

/// <summary>Canonical decompositions and combining classes of the Unicode characters, from CanonicalData.txt.</summary>
internal sealed class CanonicalData
{
    private const int HangulFirst = 0xAC00;
    private const int LeadingFirst = 0x1100;
    private const int VowelFirst = 0x1161;
    private const int TrailingFirst = 0x11A7;
    private const int Leading = 19;
    private const int Vowels = 21;
    private const int Trailing = 28;

    private static readonly Lazy<CanonicalData> Loaded = new(static () => new CanonicalData());

    private readonly Dictionary<int, int[]> _decompositions = [];
    private readonly Dictionary<(int, int), int> _compositions = [];
    private readonly Dictionary<int, int> _classes = [];

    private CanonicalData()
    {
        using var stream = typeof(CanonicalData).Assembly.GetManifestResourceStream(typeof(CanonicalData), "CanonicalData.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            Read(line);
        }
    }

    /// <summary>The data, read on first use.</summary>
    public static CanonicalData Shared => Loaded.Value;

    /// <summary>Canonical combining class: 0 for a base character.</summary>
    public int Class(int point) => _classes.GetValueOrDefault(point);

    /// <summary>Adds a character's full canonical decomposition.</summary>
    public void Decompose(int point, List<int> points)
    {
        var syllable = point - HangulFirst;
        if (syllable is >= 0 and < Leading * Vowels * Trailing)
        {
            points.Add(LeadingFirst + (syllable / (Vowels * Trailing)));
            points.Add(VowelFirst + (syllable / Trailing % Vowels));
            if (syllable % Trailing != 0)
            {
                points.Add(TrailingFirst + (syllable % Trailing));
            }
        }
        else if (_decompositions.TryGetValue(point, out var parts))
        {
            Array.ForEach(parts, part => Decompose(part, points));
        }
        else
        {
            points.Add(point);
        }
    }

    /// <summary>The character that two compose to, or <c>null</c>.</summary>
    public int? Compose(int first, int second)
    {
        var (leading, vowel, syllable, trailing) = (first - LeadingFirst, second - VowelFirst, first - HangulFirst, second - TrailingFirst);
        if (leading is >= 0 and < Leading && vowel is >= 0 and < Vowels)
        {
            return HangulFirst + (((leading * Vowels) + vowel) * Trailing);
        }

        if (syllable is >= 0 and < Leading * Vowels * Trailing && syllable % Trailing == 0 && trailing is > 0 and < Trailing)
        {
            return first + trailing;
        }

        return _compositions.TryGetValue((first, second), out var composite) ? composite : null;
    }

    private void Read(string line)
    {
        var mark = line.StartsWith('#') ? -1 : line.AsSpan().IndexOfAny('=', '!', ':');
        if (mark < 0)
        {
            return;
        }

        var (left, right) = (line[..mark], line[(mark + 1)..]);
        if (line[mark] == ':')
        {
            AddClass(left.Split('-'), int.Parse(right, CultureInfo.InvariantCulture));
            return;
        }

        int[] parts = [.. right.Split(' ').Select(Point)];
        _decompositions[Point(left)] = parts;
        if (line[mark] == '=')
        {
            _compositions[(parts[0], parts[1])] = Point(left);
        }
    }

    private void AddClass(string[] range, int value)
    {
        for (var point = Point(range[0]); point <= Point(range[^1]); point++)
        {
            _classes[point] = value;
        }
    }

    private static int Point(string hex) => int.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
