using System.Text.Json;
using System.Text.Json.Serialization;
using SimServe.Policies.AddOns;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.AddOns;

/// <summary>A measured bound of a LoRA as a file: JSON, written by <c>simserve lora-bound</c>.</summary>
public static class LoraBoundFile
{
    private const int MostSteps = 1000;
    private const int HashDigits = 64;
    private const string Fix = "Measure it again, with 'simserve lora-bound'.";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>The file's text.</summary>
    /// <param name="bound">The bound.</param>
    public static string Text(LoraBound bound) => JsonSerializer.Serialize(bound, Json) + "\n";

    /// <summary>Writes a file; it appears whole or not at all.</summary>
    /// <param name="path">Where; an older file there is replaced, a folder that is missing made.</param>
    /// <param name="bound">The bound.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, LoraBound bound)
    {
        using var file = new PendingFile(Path.GetFullPath(path));
        JsonSerializer.Serialize(file.Stream, bound, Json);
        file.Stream.WriteByte((byte)'\n');
        file.Keep();
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidInputException">It is no such file, of another version, or its numbers do not go together; the message lists every fault.</exception>
    public static LoraBound Read(string path)
    {
        var bound = Parsed(path);
        List<InputFault> faults = [.. Faults(bound)];
        return faults.Count == 0 ? bound : throw new InvalidInputException(path, faults);
    }

    private static LoraBound Parsed(string path)
    {
        try
        {
            var text = File.ReadAllBytes(path);
            using (var document = JsonDocument.Parse(text, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }))
            {
                if (document.RootElement.GetProperty("schema").GetInt32() is var schema and not LoraBound.CurrentSchema)
                {
                    throw Invalid(path, "schema", $"{schema}", $"{LoraBound.CurrentSchema}");
                }
            }

            return JsonSerializer.Deserialize<LoraBound>(text, Json) ?? throw new JsonException("null");
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Invalid(path, (fault as JsonException)?.Path ?? "(the file)", fault.Message.Split('\n')[0], "a bound that 'simserve lora-bound' wrote");
        }
    }

    private static InvalidInputException Invalid(string path, string key, string found, string allowed) => new(path, [new InputFault(key, found, allowed, Fix)]);

    private static IEnumerable<InputFault> Faults(LoraBound bound) =>
    [
        .. Unless(!string.IsNullOrWhiteSpace(bound.Model), "model", "nothing", "the model's name"),
        .. Unless(bound.Loras.Count > 0, "loras", "none", "at least one"),
        .. bound.Loras.SelectMany(static (lora, i) => Faults(lora, $"loras[{i}]")),
        .. Unless(bound.Steps is >= 1 and <= MostSteps, "steps", $"{bound.Steps}", $"a whole number from 1 to {MostSteps}"),
        .. Unless(bound.Prompts.Count > 0 && bound.Prompts.All(static prompt => prompt is not null), "prompts", "none, or null", "at least one"),
        .. Unless(bound.Seeds >= 1, "seeds", $"{bound.Seeds}", "at least 1"),
        .. Unless(bound.Threshold is > 0 and <= 1, "threshold", Number(bound.Threshold), "greater than 0, at most 1"),
        .. Unless(bound.MinSsim is > 0 and <= 1, "minSsim", Number(bound.MinSsim), "greater than 0, at most 1"),
        .. Curves(bound),
    ];

    private static InputFault[] Faults(BoundedLora? lora, string key) => lora is null
        ? [new InputFault(key, "null", "a LoRA", Fix)]
        :
        [
            .. Unless(!string.IsNullOrWhiteSpace(lora.File), $"{key}.file", "nothing", "the LoRA's file"),
            .. Unless(lora.Sha256 is { Length: HashDigits } hash && hash.All(char.IsAsciiHexDigitLower), $"{key}.sha256", $"\"{lora.Sha256}\"", $"{HashDigits} hexadecimal digits in lower case"),
            .. Unless(double.IsFinite(lora.Scale), $"{key}.scale", Number(lora.Scale), "a finite number"),
        ];

    // Bounds that do not follow from the curves beside them were written by hand.
    private static InputFault[] Curves(LoraBound bound)
    {
        if (bound.Similarity.Any(static step => step is null) || bound.Late.Any(static late => late is null))
        {
            return [new InputFault("similarity, late", "null", "numbers", Fix)];
        }

        var similarity = LoraBound.OfSimilarity(bound.Similarity, bound.Threshold);
        var images = LoraBound.OfImages(bound.Late, bound.MinSsim);
        return
        [
            .. Unless(bound.Similarity.Select(static step => step.Step).SequenceEqual(Enumerable.Range(1, Math.Max(0, Math.Min(bound.Steps, MostSteps)))), "similarity", $"{bound.Similarity.Count} steps", "each step once, in order"),
            .. bound.Similarity.SelectMany(static step => Faults(step.Latents, $"similarity, step {step.Step}")),
            .. Unless(IsGrid(bound), "late", string.Join(", ", bound.Late.Select(static late => late.Steps)), $"ascending numbers of steps, from 0 to {bound.Steps}"),
            .. bound.Late.SelectMany(static late => Faults(late.Latents, $"late, {late.Steps} steps").Concat(Faults(late.Image, $"late, {late.Steps} steps"))),
            .. Unless(bound.BySimilarity == similarity, "bySimilarity", $"{bound.BySimilarity}", $"{similarity}, which follows from similarity and threshold"),
            .. Unless(bound.ByImage == images, "byImage", $"{bound.ByImage}", $"{images}, which follows from late and minSsim"),
        ];
    }

    private static bool IsGrid(LoraBound bound)
    {
        int[] steps = [.. bound.Late.Select(static late => late.Steps)];
        return steps.Length > 0 && steps[0] == 0 && steps[^1] == bound.Steps && steps.Zip(steps.Skip(1)).All(static pair => pair.First < pair.Second);
    }

    private static IEnumerable<InputFault> Faults(Likeness likeness, string key) => Unless(
        likeness is { Mean: >= -1 and <= 1, Least: >= -1 and <= 1 } && likeness.Least <= likeness.Mean, key, $"mean {Number(likeness.Mean)}, least {Number(likeness.Least)}", "from -1 to 1, the least not more than the mean");

    private static InputFault[] Unless(bool holds, string key, string found, string allowed) => holds ? [] : [new InputFault(key, found, allowed, Fix)];

    private static string Number(double value) => FormattableString.Invariant($"{value}");
}
