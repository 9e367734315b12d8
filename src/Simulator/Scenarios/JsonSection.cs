using System.Globalization;
using System.Text.Json;

namespace SimServe.Simulator.Scenarios;

/// <summary>Reads one JSON object key by key and notes every fault instead of stopping at the first.</summary>
/// <remarks>A faulty value is replaced by its default, so that reading can go on; whoever reads must look at the faults at the end.</remarks>
internal sealed class JsonSection
{
    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly string _path;
    private readonly List<InputFault> _faults;
    private readonly bool _isObject;

    public JsonSection(JsonElement element, string path, List<InputFault> faults)
    {
        (_path, _faults, _isObject) = (path, faults, element.ValueKind == JsonValueKind.Object);
        if (!_isObject)
        {
            Note(path.Length == 0 ? "(the file)" : path, Show(element), "an object { ... }", "Write its keys and values between braces.");
            return;
        }

        foreach (var property in element.EnumerateObject())
        {
            if (!_values.TryAdd(property.Name, property.Value))
            {
                Note(Key(property.Name), "the key twice", "each key once", "Remove one of the two.");
            }
        }
    }

    public void Note(string key, string found, string allowed, string fix) => _faults.Add(new InputFault(key, found, allowed, fix));

    // How many faults the whole file has so far.
    public int FaultCount => _faults.Count;

    // Whether the key is there; it counts as known from then on.
    public bool Has(string name)
    {
        _asked.Add(name);
        return _values.ContainsKey(name);
    }

    public string Key(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    public string Text(string name, string? fallback)
    {
        if (!TryGet(name, fallback is null, "a text in quotes", out var value))
        {
            return fallback ?? "";
        }

        if (IsText(value, out var text))
        {
            return text;
        }

        Note(Key(name), Show(value), "a text in quotes, not empty", "Write a text.");
        return fallback ?? "";
    }

    // The text of a key that is there, or null where it holds something else; nothing is noted.
    public string? TextOrNull(string name) => _values.TryGetValue(name, out var value) && IsText(value, out var text) ? text : null;

    // A text that becomes the name of a folder.
    public string FolderName(string name, string fallback)
    {
        var text = Text(name, fallback);
        if (text.All(static letter => char.IsLetterOrDigit(letter) || letter is '-' or '_' or '.' or ' ') && text.Trim('.', ' ').Length > 0)
        {
            return text;
        }

        Note(Key(name), $"\"{text}\"", "letters, digits, spaces, dots, - and _", "Results go to a folder of that name: rename it.");
        return fallback;
    }

    public string Choice(string name, IReadOnlyCollection<string> allowed, string? fallback)
    {
        var choices = string.Join(", ", allowed.Select(static choice => $"\"{choice}\""));
        if (!TryGet(name, fallback is null, choices, out var value))
        {
            return fallback ?? "";
        }

        var known = IsText(value, out var text);
        if (known && allowed.Contains(text))
        {
            return text;
        }

        Note(Key(name), Show(value), choices, known ? Suggest(text, allowed) : "Use one of those, in quotes.");
        return fallback ?? "";
    }

    public double Number(string name, double least, double most, double? fallback)
    {
        var range = string.Create(CultureInfo.InvariantCulture, $"a number from {Plain(least)} to {Plain(most)}");
        if (!TryGet(name, fallback is null, range, out var value))
        {
            return fallback ?? least;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most)
        {
            return number;
        }

        Note(Key(name), Show(value), range, "Write a number in that range, without quotes.");
        return fallback ?? least;
    }

    public int Integer(string name, int least, int most, int? fallback)
    {
        var range = string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}");
        if (!TryGet(name, fallback is null, range, out var value))
        {
            return fallback ?? least;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most)
        {
            return number;
        }

        Note(Key(name), Show(value), range, "Write a whole number in that range, without quotes.");
        return fallback ?? least;
    }

    // A number that may be left out; null then.
    public double? OptionalNumber(string name, double least, double most) => Has(name) ? Number(name, least, most, null) : null;

    // A whole number that may be left out; null then.
    public int? OptionalInteger(string name, int least, int most) => Has(name) ? Integer(name, least, most, null) : null;

    public bool Flag(string name, bool fallback)
    {
        if (!TryGet(name, false, "true or false", out var value))
        {
            return fallback;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Note(Key(name), Show(value), "true or false", "Write it without quotes.");
        return fallback;
    }

    public JsonSection? Section(string name, bool required) =>
        TryGet(name, required, "an object { ... }", out var value) ? new JsonSection(value, Key(name), _faults) : null;

    public IReadOnlyList<JsonSection> Sections(string name, bool required) =>
        [.. Items(name, required).Select((item, index) => new JsonSection(item, $"{Key(name)}[{index}]", _faults))];

    public IReadOnlyList<string> Texts(string name)
    {
        var texts = new List<string>();
        foreach (var (item, index) in Items(name, false).Select(static (item, index) => (item, index)))
        {
            if (IsText(item, out var text))
            {
                texts.Add(text);
            }
            else
            {
                Note($"{Key(name)}[{index}]", Show(item), "a text in quotes, not empty", "Write a text.");
            }
        }

        return texts;
    }

    // A list of numbers, at least one.
    public IReadOnlyList<double> Numbers(string name, double least, double most)
    {
        var range = string.Create(CultureInfo.InvariantCulture, $"a number from {Plain(least)} to {Plain(most)}");
        var numbers = new List<double>();
        foreach (var (item, index) in Items(name, true).Select(static (item, index) => (item, index)))
        {
            if (item.ValueKind == JsonValueKind.Number && item.TryGetDouble(out var number) && number >= least && number <= most)
            {
                numbers.Add(number);
            }
            else
            {
                Note($"{Key(name)}[{index}]", Show(item), range, "Write a number in that range, without quotes.");
            }
        }

        return numbers;
    }

    // Every key with its value, for a section whose keys are data.
    public IReadOnlyList<KeyValuePair<string, JsonElement>> Entries() => [.. _values];

    // Notes every key that nobody asked for. Call when all known keys have been read.
    public void Close()
    {
        foreach (var name in _values.Keys.Where(name => !_asked.Contains(name)))
        {
            Note(Key(name), "an unknown key", string.Join(", ", _asked.Order(StringComparer.Ordinal)), Suggest(name, _asked));
        }
    }

    private JsonElement[] Items(string name, bool required)
    {
        if (!TryGet(name, required, "a list [ ... ]", out var value))
        {
            return [];
        }

        if (value.ValueKind == JsonValueKind.Array && (!required || value.GetArrayLength() > 0))
        {
            return [.. value.EnumerateArray()];
        }

        Note(Key(name), Show(value), required ? "a list [ ... ] of at least one" : "a list [ ... ]", "Write a list.");
        return [];
    }

    private bool TryGet(string name, bool required, string allowed, out JsonElement value)
    {
        _asked.Add(name);
        if (_values.TryGetValue(name, out value))
        {
            return true;
        }

        // What is no object at all was noted once: it need not be said of each of its keys.
        if (required && _isObject)
        {
            Note(Key(name), "nothing", allowed, "Add the key.");
        }

        return false;
    }

    private static bool IsText(JsonElement element, out string text)
    {
        text = element.ValueKind == JsonValueKind.String ? element.GetString()! : "";
        return text.Length > 0;
    }

    private static string Plain(double number) =>
        number.ToString(number < 1e9 ? "0.#########" : "0.###e0", CultureInfo.InvariantCulture);

    private static string Show(JsonElement element)
    {
        var text = element.GetRawText().ReplaceLineEndings(" ");
        return text.Length <= 60 ? text : $"{text[..57]}...";
    }

    private static string Suggest(string text, IReadOnlyCollection<string> known)
    {
        var nearest = known.MinBy(candidate => Distance(text, candidate));
        return nearest is not null && Distance(text, nearest) <= Math.Max(2, text.Length / 3)
            ? $"Did you mean \"{nearest}\"?"
            : "Use one of those.";
    }

    // Levenshtein distance, for suggestions only.
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var substituted = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
