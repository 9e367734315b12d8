using System.Text.Json;
using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>A pipeline folder's <c>model_index.json</c>: which parts there are and of which class.</summary>
public sealed class ModelIndex
{
    private const string FileName = "model_index.json";

    private readonly ConfigFile _config;

    private ModelIndex(string folder, ConfigFile config) => (Folder, _config) = (folder, config);

    /// <summary>The pipeline's folder.</summary>
    public string Folder { get; }

    /// <summary>The pipeline's class, for instance <c>StableDiffusionXLPipeline</c>.</summary>
    public string ClassName => _config.ClassName;

    /// <summary>The file, for messages.</summary>
    public string Path => _config.Path;

    /// <summary>Reads a folder's index.</summary>
    /// <param name="folder">A pipeline's folder.</param>
    /// <exception cref="FileNotFoundException">There is no folder or no index in it.</exception>
    /// <exception cref="ModelFileException">The index is not sound.</exception>
    public static ModelIndex Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
        {
            throw new FileNotFoundException($"There is no folder '{folder}'. Give a model's folder as diffusers saves it, with {FileName} in it.");
        }

        return new ModelIndex(folder, ConfigFile.Open(System.IO.Path.Combine(folder, FileName)));
    }

    /// <summary>A part's class, or <c>null</c> where the index has none.</summary>
    /// <param name="component">For instance <c>unet</c>.</param>
    public string? Class(string component) =>
        _config.Find(component) is { ValueKind: JsonValueKind.Array } pair && pair.GetArrayLength() == 2 && pair[1].ValueKind == JsonValueKind.String
            ? pair[1].GetString()
            : null;

    /// <summary>A true or false of the pipeline.</summary>
    public bool Flag(string key, bool otherwise) => _config.Flag(key, otherwise);

    /// <summary>A whole number of at least 1 of the pipeline.</summary>
    public int Whole(string key, int otherwise) => _config.Whole(key, otherwise);

    /// <summary>A number of the pipeline.</summary>
    public double Number(string key, double otherwise) => _config.Number(key, otherwise);

    /// <summary>Throws when something that was asked for was wrong, all of it in one message.</summary>
    /// <exception cref="ModelFileException">A value was wrong.</exception>
    public void ThrowIfFaulty() => _config.ThrowIfFaulty();

    /// <summary>The configuration of a part.</summary>
    /// <param name="component">For instance <c>unet</c>.</param>
    /// <param name="supported">Classes that can be built for it.</param>
    /// <exception cref="ModelFileException">The index has no such part, or one of another class, or the configuration is not sound.</exception>
    /// <exception cref="FileNotFoundException">Its folder or file is missing.</exception>
    public ConfigFile Config(string component, params ReadOnlySpan<string> supported) =>
        ConfigFile.Open(System.IO.Path.Combine(Component(component, supported), "config.json"));

    /// <summary>The folder of a part.</summary>
    /// <param name="component">For instance <c>unet</c>.</param>
    /// <param name="supported">Classes that can be built for it.</param>
    /// <exception cref="ModelFileException">The index has no such part, or one of another class.</exception>
    /// <exception cref="FileNotFoundException">Its folder is missing.</exception>
    public string Component(string component, params ReadOnlySpan<string> supported)
    {
        var name = Class(component) ?? throw new ModelFileException($"{Path}: {ClassName} needs a \"{component}\", but the index names none.");
        if (!supported.Contains(name))
        {
            throw new ModelFileException($"{Path}: \"{component}\" is a {name}; supported are {string.Join(", ", supported.ToArray())}.");
        }

        var folder = System.IO.Path.Combine(Folder, component);
        return Directory.Exists(folder)
            ? folder
            : throw new FileNotFoundException($"The folder '{folder}' is missing, though {FileName} names its {name}. Was the model copied whole?");
    }
}
