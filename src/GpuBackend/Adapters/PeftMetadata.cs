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

    private readonly ConfigFile? _settings;
    private readonly Dictionary<string, (Regex Pattern, double Alpha)[]> _patterns = new(StringComparer.Ordinal);

    private PeftMetadata(ConfigFile? settings) => _settings = settings;

    /// <summary>A file's scales; empty where it has none.</summary>
    /// <exception cref="ModelFileException">They are not a JSON object.</exception>
    public static PeftMetadata Of(SafetensorsFile file)
    {
        var config = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file.Path))!, PeftConfig);
        if (file.Metadata.TryGetValue(HeaderEntry, out var text))
        {
            return new PeftMetadata(ConfigFile.Parse($"{file.Path}, {HeaderEntry}", text));
        }

        return new PeftMetadata(Path.GetFileName(file.Path) == PeftFile && File.Exists(config) ? ConfigFile.Open(config) : null);
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
                throw new ModelFileException($"{_settings?.Path}: \"{setting}\" is on, which is not supported.");
            }
        }

        var divisor = Find(prefix, "use_rslora") is { ValueKind: JsonValueKind.True } ? Math.Sqrt(rank) : rank;
        return Alpha(prefix, module) / divisor;
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
            : throw new ModelFileException($"{_settings?.Path}: \"alpha_pattern\" is {patterns.ValueKind}; it must be an object of patterns and numbers.");
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
            throw new ModelFileException($"{_settings?.Path}: the pattern \"{ModelFileException.Shown(pattern)}\" cannot be used: {fault.Message}", fault);
        }
    }

    private JsonElement? Find(string prefix, string setting) => _settings?.Find(prefix.Length == 0 ? setting : $"{prefix}.{setting}");

    private double Number(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw new ModelFileException($"{_settings?.Path}: \"{ModelFileException.Shown(name)}\" is {ModelFileException.Shown(value.ToString())}; it must be a finite number.");
}
