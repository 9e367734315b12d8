using System.Text.Json;
using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Schedulers;

/// <summary>Makes schedulers from the configuration in a model's folder, in the format of diffusers' <c>scheduler_config.json</c>.</summary>
/// <remarks>
/// A class may be replaced, as a user may pick another sampler for a model: the new class reads the keys it knows, above all the noise the
/// model was trained with, and ignores the others. What a class knows but cannot do here is an error, never ignored.
/// </remarks>
public static class NoiseSchedulerFactory
{
    private const string ClassKey = "_class_name";

    /// <summary>Makes the scheduler of one request.</summary>
    /// <param name="json">The configuration's text; Python's infinities are allowed.</param>
    /// <param name="file">Where it comes from, for messages.</param>
    /// <param name="asClass">Another class or short name (<see cref="SamplerNames"/>); <c>null</c> keeps the configured one.</param>
    /// <param name="eta">Fresh noise of DDIM, from 0 (none) to 1 (as much as DDPM).</param>
    /// <exception cref="ModelFileException">The configuration cannot be used; the message names file, keys, values and what is allowed.</exception>
    /// <exception cref="ArgumentException">The class is unknown or does not fit the model, or eta does not fit the class.</exception>
    public static INoiseScheduler Create(string json, string file, string? asClass = null, double eta = 0) =>
        Create(PythonJson.Parse(file, json), file, asClass, eta);

    /// <inheritdoc cref="Create(string, string, string?, double)"/>
    /// <param name="config">The configuration; infinities are strings.</param>
    /// <param name="file">Where it comes from, for messages.</param>
    /// <param name="asClass">Another class or short name (<see cref="SamplerNames"/>); <c>null</c> keeps the configured one.</param>
    /// <param name="eta">Fresh noise of DDIM, from 0 (none) to 1 (as much as DDPM).</param>
    public static INoiseScheduler Create(JsonElement config, string file, string? asClass = null, double eta = 0) =>
        Prepare(config, file, asClass, eta)();

    /// <summary>Reads and checks the configuration once, for a model that serves many requests.</summary>
    /// <param name="config">The configuration; infinities are strings.</param>
    /// <param name="file">Where it comes from, for messages.</param>
    /// <param name="asClass">Another class or short name (<see cref="SamplerNames"/>); <c>null</c> keeps the configured one.</param>
    /// <param name="eta">Fresh noise of DDIM, from 0 (none) to 1 (as much as DDPM).</param>
    /// <returns>Makes a scheduler; the tables are shared.</returns>
    /// <exception cref="ModelFileException">The configuration cannot be used; the message names file, keys, values and what is allowed.</exception>
    /// <exception cref="ArgumentException">The class is unknown or does not fit the model, or eta does not fit the class.</exception>
    public static Func<INoiseScheduler> Prepare(JsonElement config, string file, string? asClass = null, double eta = 0)
    {
        var values = Values(config, file);
        var configured = values.TryGetValue(ClassKey, out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
        var preset = SamplerNames.All.FirstOrDefault(sampler => sampler.Name == asClass);
        var className = preset?.ClassName ?? asClass ?? configured
            ?? throw new ModelFileException($"{file} has no \"{ClassKey}\", which must be one of {Known()}.");
        CheckClass(className, configured, asClass, file);
        CheckEta(className, eta);

        var keys = JsonSerializer.Serialize(preset is null ? values : Merged(values, preset, file));
        var reader = ConfigFile.Parse(className == configured ? file : $"{file} (read as {className})", keys);
        var make = SamplingMethods.Read(className, reader, eta);
        reader.ThrowIfFaulty();
        return () => new NoiseScheduler(className, make());
    }

    private static Dictionary<string, JsonElement> Values(JsonElement config, string file)
    {
        if (config.ValueKind != JsonValueKind.Object)
        {
            throw new ModelFileException($"{file} must hold a JSON object with a scheduler's settings, but holds {config.ValueKind}.");
        }

        var values = new Dictionary<string, JsonElement>();
        foreach (var property in config.EnumerateObject())
        {
            values[property.Name] = property.Value;
        }

        return values;
    }

    private static Dictionary<string, JsonElement> Merged(Dictionary<string, JsonElement> folder, SamplerName preset, string file)
    {
        var merged = Values(PythonJson.Parse(file, preset.Defaults), file);
        foreach (var (key, value) in folder.Concat(Values(PythonJson.Parse(file, preset.Sets), file)))
        {
            merged[key] = value;
        }

        return merged;
    }

    private static void CheckClass(string className, string? configured, string? asClass, string file)
    {
        if (!SamplingMethods.ClassNames.Contains(className))
        {
            throw asClass is null
                ? new ModelFileException($"{file}: \"{ClassKey}\" is \"{className}\" but must be one of {Known()}; or choose one of the samplers {Short()}.")
                : new ArgumentException($"There is no sampler '{asClass}'. Choose one of {Short()}, or a class of {Known()}.", nameof(asClass));
        }

        if (configured is not null && SamplingMethods.IsFlowMatching(configured) != SamplingMethods.IsFlowMatching(className))
        {
            throw new ArgumentException(
                $"{file} belongs to a {configured}, whose model {className} cannot sample: flow matching and noise schedules with betas do not mix.", nameof(asClass));
        }
    }

    private static void CheckEta(string className, double eta)
    {
        if (double.IsNaN(eta) || eta < 0 || eta > 1)
        {
            throw new ArgumentOutOfRangeException(nameof(eta), eta, "Eta must be from 0 to 1.");
        }

        if (eta > 0 && className != DdimOptions.ClassName)
        {
            throw new ArgumentException($"Eta is {eta}, but only {DdimOptions.ClassName} knows it, not {className}; leave it at 0.", nameof(eta));
        }
    }

    private static string Known() => string.Join(", ", SamplingMethods.ClassNames);

    private static string Short() => string.Join(", ", SamplerNames.All.Select(static sampler => sampler.Name));
}
