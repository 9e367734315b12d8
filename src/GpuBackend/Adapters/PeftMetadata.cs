using System.Text.Json;
using System.Text.RegularExpressions;
using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Adapters;

/// <summary>Scales that PEFT and diffusers write beside the matrices instead of among them.</summary>
/// <remarks>
/// diffusers puts them as JSON into the header's entry <c>lora_adapter_metadata</c>, each setting behind the model's name; PEFT writes
/// <c>adapter_config.json</c>. The rank is never read: the matrices have it. Source: PEFT <c>LoraConfig</c>, <c>get_pattern_key</c>.
/// </remarks>
internal sealed class PeftMetadata
{
    private const string HeaderEntry = "lora_adapter_metadata";
    private const string PeftFile = "adapter_model.safetensors";
    private const string PeftConfig = "adapter_config.json";

    // Settings that change what the matrices mean.
    private static readonly string[] Unsupported = ["use_dora", "use_qalora", "fan_in_fan_out"];

    private readonly string _source;
    private readonly JsonElement? _root;
    private readonly Dictionary<string, (Regex Pattern, double Alpha)[]> _patterns = new(StringComparer.Ordinal);

    private PeftMetadata(string source, JsonElement? root) => (_source, _root) = (source, root);

    /// <summary>A file's scales; empty where it has none.</summary>
    /// <exception cref="ModelFileException">They are not a JSON object.</exception>
    public static PeftMetadata Of(SafetensorsFile file)
    {
        var config = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file.Path))!, PeftConfig);
        if (file.Metadata.TryGetValue(HeaderEntry, out var text))
        {
            return Parse($"{file.Path}, {HeaderEntry}", text);
        }

        return Path.GetFileName(file.Path) == PeftFile && File.Exists(config) ? Parse(config, File.ReadAllText(config)) : new PeftMetadata(file.Path, null);
    }

    /// <summary>What multiplies a module's product of matrices, or <c>null</c> where nothing is said of it.</summary>
    /// <param name="prefix">The model's name in the file, or empty.</param>
    /// <param name="module">The module's name.</param>
    /// <param name="rank">Its rank.</param>
    /// <exception cref="ModelFileException">A setting is malformed or not supported.</exception>
    public double? Factor(string prefix, string module, int rank)
    {
        foreach (var setting in Unsupported)
        {
            if (Find(prefix, setting) is { ValueKind: JsonValueKind.True })
            {
                throw new ModelFileException($"{_source}: \"{setting}\" is on, which is not supported.");
            }
        }

        var divisor = Find(prefix, "use_rslora") is { ValueKind: JsonValueKind.True } ? Math.Sqrt(rank) : rank;
        return Alpha(prefix, module) / divisor;
    }

    private static PeftMetadata Parse(string source, string json)
    {
        var root = PythonJson.Parse(source, json);
        return root.ValueKind == JsonValueKind.Object
            ? new PeftMetadata(source, root)
            : throw new ModelFileException($"{source} holds {root.ValueKind}, not a JSON object.");
    }

    private double? Alpha(string prefix, string module)
    {
        if (!_patterns.TryGetValue(prefix, out var patterns))
        {
            _patterns.Add(prefix, patterns = Patterns(prefix));
        }

        foreach (var (pattern, alpha) in patterns)
        {
            if (pattern.IsMatch(module))
            {
                return alpha;
            }
        }

        return Find(prefix, "lora_alpha") is { } general ? Number("lora_alpha", general) : null;
    }

    private (Regex Pattern, double Alpha)[] Patterns(string prefix)
    {
        if (Find(prefix, "alpha_pattern") is not { } patterns)
        {
            return [];
        }

        return patterns.ValueKind == JsonValueKind.Object
            ? [.. patterns.EnumerateObject().Select(pattern => (Compiled(pattern.Name), Number(pattern.Name, pattern.Value)))]
            : throw new ModelFileException($"{_source}: \"alpha_pattern\" is {patterns.ValueKind}; it must be an object of patterns and numbers.");
    }

    // A pattern is a regular expression for the end of a name, after a dot or from the start. A file must not choose how long matching takes.
    private Regex Compiled(string pattern)
    {
        try
        {
            return new Regex($@"^(?:.*\.)?(?:{pattern})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            throw new ModelFileException($"{_source}: the pattern \"{ModelFileException.Shown(pattern)}\" cannot be used: {fault.Message}", fault);
        }
    }

    private JsonElement? Find(string prefix, string setting)
    {
        var key = prefix.Length == 0 ? setting : $"{prefix}.{setting}";
        return _root is { } root && root.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private double Number(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw new ModelFileException($"{_source}: \"{ModelFileException.Shown(name)}\" is {ModelFileException.Shown(value.ToString())}; it must be a finite number.");
}
