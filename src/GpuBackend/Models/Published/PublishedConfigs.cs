using System.Reflection;
using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Models.Published;

/// <summary>Configurations of published models, for their sizes and costs without their weights.</summary>
/// <remarks>Each is a JSON file beside this class with the keys of the model's own <c>config.json</c>, embedded in the assembly.</remarks>
public static class PublishedConfigs
{
    private const string Folder = "Models/Published/";
    private const string Ending = ".json";

    private static readonly Assembly Owner = typeof(PublishedConfigs).Assembly;

    /// <summary>Their names, for instance <c>sd-vae</c>.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. Owner.GetManifestResourceNames()
            .Where(static name => name.StartsWith(Folder, StringComparison.Ordinal) && name.EndsWith(Ending, StringComparison.Ordinal))
            .Select(static name => name[Folder.Length..^Ending.Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>One configuration.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public static ConfigFile Read(string name)
    {
        using var stream = Owner.GetManifestResourceStream(Folder + name + Ending)
            ?? throw new ArgumentException($"There is no published configuration '{name}'; there are: {string.Join(", ", Names)}.", nameof(name));
        using var reader = new StreamReader(stream);
        return ConfigFile.Parse(name + Ending, reader.ReadToEnd());
    }
}
