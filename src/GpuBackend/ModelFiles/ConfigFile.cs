using System.Text.Json;

namespace SimServe.GpuBackend.ModelFiles;

/// <summary>A model's <c>config.json</c>: typed values by key, and every fault of the file in one message.</summary>
/// <remarks>
/// Readers ask for all keys they know, then call <see cref="ThrowIfFaulty"/>; a faulty value reads as its default until then. Keys that nobody asks
/// for are left alone: diffusers writes many that do not change the result.
/// </remarks>
public sealed class ConfigFile
{
    private const long LargestBytes = 16 << 20;

    private readonly JsonElement _root;
    private readonly List<string> _faults = [];

    private ConfigFile(string path, JsonElement root) => (Path, _root) = (path, root);

    /// <summary>The file, for messages.</summary>
    public string Path { get; }

    /// <summary>The class that diffusers (<c>_class_name</c>) or transformers (<c>architectures</c>) names; empty when there is none.</summary>
    public string ClassName =>
        Find("_class_name") is { ValueKind: JsonValueKind.String } name ? name.GetString()!
        : Find("architectures") is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0 ? list[0].ToString()
        : string.Empty;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFileException">It is not a JSON object.</exception>
    public static ConfigFile Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no file '{path}'. A model folder needs it; was the folder copied whole?", path);
        }

        if (new FileInfo(path).Length > LargestBytes)
        {
            throw new ModelFileException($"{path} is larger than {LargestBytes} bytes: not a model's configuration.");
        }

        return Parse(path, ReadText(path));
    }

    /// <summary>Reads a configuration from text.</summary>
    /// <param name="path">Its name for messages.</param>
    /// <param name="json">The text; a bare Infinity, -Infinity or NaN, as Python writes them, reads as a string.</param>
    /// <exception cref="ModelFileException">It is not a JSON object.</exception>
    public static ConfigFile Parse(string path, string json)
    {
        var root = PythonJson.Parse(path, json);
        return root.ValueKind == JsonValueKind.Object
            ? new ConfigFile(path, root)
            : throw new ModelFileException($"{path} holds {root.ValueKind}, not a JSON object.");
    }

    /// <summary>Whether a key is there with a value other than <c>null</c>.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>The raw value of a key, or <c>null</c> when it is missing or null.</summary>
    public JsonElement? Find(string key) =>
        _root.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A whole number of at least <paramref name="least"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">The value when the key is missing; <c>null</c> makes the key required.</param>
    /// <param name="least">The smallest allowed.</param>
    public int Whole(string key, int? otherwise = null, int least = 1)
    {
        if (Find(key) is not { } value)
        {
            return otherwise ?? Fault(key, "missing", $"a whole number of at least {least}", least);
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least
            ? number
            : Fault(key, value.ToString(), $"a whole number of at least {least}", least);
    }

    /// <summary>A number.</summary>
    public double Number(string key, double? otherwise = null)
    {
        if (Find(key) is not { } value)
        {
            return otherwise ?? Fault(key, "missing", "a number", 1.0);
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : Fault(key, value.ToString(), "a number", 1.0);
    }

    /// <summary>True or false.</summary>
    public bool Flag(string key, bool otherwise) => Find(key) switch
    {
        null => otherwise,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => Fault(key, other.ToString(), "true or false", otherwise),
    };

    /// <summary>A text that is one of a few.</summary>
    public string Choice(string key, string? otherwise, params ReadOnlySpan<string> allowed)
    {
        var text = Find(key) is { } value ? value.ToString() : otherwise;
        return text is not null && allowed.Contains(text)
            ? text
            : Fault(key, text ?? "missing", $"one of {string.Join(", ", allowed.ToArray())}", allowed[0]);
    }

    /// <summary>A list of whole numbers, each at least <paramref name="least"/>; not empty.</summary>
    public int[] Wholes(string key, int[]? otherwise = null, int least = 1)
    {
        if (Find(key) is not { } value)
        {
            return otherwise ?? Fault(key, "missing", $"a list of whole numbers of at least {least}", new[] { least });
        }

        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0
            && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var number) && number >= least))
        {
            return [.. value.EnumerateArray().Select(static item => item.GetInt32())];
        }

        return Fault(key, value.ToString(), $"a list of whole numbers of at least {least}", otherwise ?? [least]);
    }

    /// <summary>One whole number for each level: a list of that length, or one number for all.</summary>
    public int[] WholePerLevel(string key, int levels, int? otherwise = null, int least = 1)
    {
        if (Find(key) is { ValueKind: JsonValueKind.Array })
        {
            var list = Wholes(key, null, least);
            return list.Length == levels ? list : Fault(key, $"{list.Length} numbers", $"{levels} numbers or a single one", Enumerable.Repeat(least, levels).ToArray());
        }

        return [.. Enumerable.Repeat(Whole(key, otherwise, least), levels)];
    }

    /// <summary>A list of texts.</summary>
    public string[] Texts(string key, string[]? otherwise = null)
    {
        if (Find(key) is not { } value)
        {
            return otherwise ?? Fault<string[]>(key, "missing", "a list of texts", []);
        }

        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(static item => item.GetString()!)]
            : Fault<string[]>(key, value.ToString(), "a list of texts", []);
    }

    /// <summary>Requires that a key is missing, null or one inactive value, because anything else would change the result in a way that is not built.</summary>
    public void Inactive(string key, params ReadOnlySpan<string> inactive)
    {
        if (Find(key) is { } value && !inactive.Contains(value.ToString()))
        {
            Fault(key, value.ToString(), $"not set or {string.Join(" or ", inactive.ToArray())}; other values are not supported", 0);
        }
    }

    /// <summary>Adds a fault that a reader found by comparing several keys.</summary>
    /// <param name="holds">Whether all is well.</param>
    /// <param name="key">The key.</param>
    /// <param name="found">What was found.</param>
    /// <param name="allowed">What is allowed.</param>
    public void Require(bool holds, string key, object found, string allowed)
    {
        if (!holds)
        {
            Fault(key, found.ToString()!, allowed, 0);
        }
    }

    /// <summary>Throws one exception for all faults found so far.</summary>
    /// <exception cref="ModelFileException">There are any.</exception>
    public void ThrowIfFaulty()
    {
        if (_faults.Count > 0)
        {
            throw ModelFileException.Of(Path, _faults);
        }
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException($"{path} cannot be read: {fault.Message}", fault);
        }
    }

    private T Fault<T>(string key, string found, string allowed, T value)
    {
        _faults.Add($"\"{key}\" is {ModelFileException.Shown(found)}; it must be {allowed}.");
        return value;
    }
}
