using System.Text.Json;
using System.Text.Json.Serialization;
using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Training;

/// <summary>How the demo models are made: a folder with <c>training.json</c> and a <c>config.json</c> for each part, in diffusers' and transformers' keys.</summary>
public sealed class TrainingRecipe
{
    private const string FileName = "training.json";

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    private TrainingRecipe(string folder, TrainingPlan plan) => (Folder, Plan) = (folder, plan);

    /// <summary>The recipe's folder.</summary>
    public string Folder { get; }

    /// <summary>What <c>training.json</c> says.</summary>
    public TrainingPlan Plan { get; }

    /// <summary>Reads a recipe.</summary>
    /// <param name="folder">Its folder.</param>
    /// <exception cref="FileNotFoundException">The folder or its training.json is missing.</exception>
    /// <exception cref="TrainingException">training.json is not sound; the message lists what is wrong.</exception>
    public static TrainingRecipe Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no recipe '{folder}': it is a folder with {FileName} and a config.json for each part, for instance experiments/training/demo.", path);
        }

        TrainingPlan plan;
        try
        {
            plan = JsonSerializer.Deserialize<TrainingPlan>(File.ReadAllText(path), Strict) ?? throw new JsonException("it is empty");
        }
        catch (JsonException fault)
        {
            throw new TrainingException($"'{path}' is not a sound recipe: {fault.Message}", fault);
        }

        string[] faults = [.. plan.Faults()];
        return faults.Length == 0
            ? new TrainingRecipe(folder, plan)
            : throw new TrainingException($"'{path}' is not a sound recipe: {string.Join("; ", faults)}.");
    }

    /// <summary>The path of a part's configuration.</summary>
    /// <param name="part">The part's folder, e.g. <c>vae</c>.</param>
    public string ConfigPath(string part) => Path.Combine(Folder, part, "config.json");

    /// <summary>A part's configuration.</summary>
    /// <param name="part">The part's folder, e.g. <c>vae</c>.</param>
    /// <exception cref="FileNotFoundException">The recipe has no such part.</exception>
    /// <exception cref="ModelFileException">The file is no JSON object.</exception>
    public ConfigFile Config(string part) => ConfigFile.Open(ConfigPath(part));
}
