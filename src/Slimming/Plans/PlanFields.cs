using System.Globalization;
using System.Text.Json;

namespace SimServe.Slimming.Plans;

/// <summary>Reads one JSON object key by key and notes every fault instead of stopping at the first.</summary>
/// <remarks>A faulty value is replaced by one that can be worked with; whoever reads must look at the faults at the end.</remarks>
internal sealed class PlanFields
{
    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly string _path;
    private readonly List<string> _faults;

    public PlanFields(JsonElement element, string path, List<string> faults)
    {
        (_path, _faults) = (path, faults);
        if (element.ValueKind != JsonValueKind.Object)
        {
            faults.Add($"{(path.Length == 0 ? "the file" : path)} is {Shown(element)}; it must be an object {{ ... }}.");
            IsObject = false;
            return;
        }

        foreach (var property in element.EnumerateObject())
        {
            if (!_values.TryAdd(property.Name, property.Value))
            {
                faults.Add($"{Key(property.Name)} is there twice; remove one.");
            }
        }
    }

    public bool IsObject { get; } = true;

    public bool Has(string name) => _values.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null;

    public void Note(string name, string found, string allowed) => _faults.Add($"{Key(name)} is {found}; it must be {allowed}.");

    public string Text(string name) => Get(name, "a text, not empty", TextOf) ?? string.Empty;

    public T Choice<T>(string name)
        where T : struct, Enum
    {
        string[] names = [.. Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName)];
        var index = Get<int?>(name, $"one of {string.Join(", ", names)}", value => Array.IndexOf(names, TextOf(value)) is >= 0 and var found ? found : null);
        return Enum.GetValues<T>()[index ?? 0];
    }

    public long Whole(string name, long least = 0, long most = long.MaxValue)
    {
        var allowed = most < long.MaxValue ? $"a whole number from {least} to {most}" : least > long.MinValue ? $"a whole number of at least {least}" : "a whole number";
        return Get<long?>(name, allowed, value => IsWhole(value, out var number) && number >= least && number <= most ? number : null) ?? least;
    }

    public double Number(string name, double least, double most)
    {
        var allowed = most < double.MaxValue ? string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}") : "a number";
        return Get<double?>(name, allowed, value => IsNumber(value, out var number) && number >= least && number <= most ? number : null) ?? least;
    }

    public bool Flag(string name) =>
        Get<bool?>(name, "true or false", static value => value.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null }) ?? false;

    public IReadOnlyList<string> Texts(string name) =>
        Get<string[]>(name, "a list of texts", static value => ItemsOf(value)?.Select(TextOf).ToArray() is { } texts && Array.TrueForAll(texts, static text => text is not null) ? (string[])texts! : null) ?? [];

    public SortedDictionary<string, double> Numbers(string name)
    {
        var section = Section(name);
        var numbers = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var key in section._values.Keys)
        {
            numbers[key] = section.Number(key, double.MinValue, double.MaxValue);
        }

        return numbers;
    }

    public PlanFields Section(string name) => new(Raw(name), Key(name), _faults);

    public IReadOnlyList<PlanFields> Sections(string name)
    {
        var items = Get(name, "a list of at least one object", static value => ItemsOf(value) is { Length: > 0 } list ? list : null) ?? [];
        return [.. items.Select((item, index) => new PlanFields(item, $"{Key(name)}[{index}]", _faults)).Where(static item => item.IsObject)];
    }

    /// <summary>Notes the keys that nobody asked for.</summary>
    public void Close()
    {
        foreach (var name in _values.Keys.Where(name => !_asked.Contains(name)))
        {
            _faults.Add($"{Key(name)} is no key of a plan; remove it. Known here are {string.Join(", ", _asked)}.");
        }
    }

    private static string? TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static JsonElement[]? ItemsOf(JsonElement value) => value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : null;

    private static bool IsWhole(JsonElement value, out long number)
    {
        number = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out number);
    }

    private static bool IsNumber(JsonElement value, out double number)
    {
        number = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out number) && double.IsFinite(number);
    }

    private static string Shown(JsonElement value)
    {
        const int Longest = 60;
        var text = value.ValueKind == JsonValueKind.Undefined ? "missing" : value.GetRawText().ReplaceLineEndings(" ");
        return text.Length > Longest ? $"{text[..Longest]}..." : text;
    }

    private string Key(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    private JsonElement Raw(string name)
    {
        _asked.Add(name);
        return _values.GetValueOrDefault(name);
    }

    private T? Get<T>(string name, string allowed, Func<JsonElement, T?> convert)
    {
        var value = Raw(name);
        var converted = convert(value);
        if (converted is null && IsObject)
        {
            Note(name, Shown(value), allowed);
        }

        return converted;
    }
}
