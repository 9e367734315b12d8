namespace SimServe.GpuBackend.Schedulers;

/// <summary>A sampling method under the short name users type.</summary>
/// <param name="Name">The short name, e.g. <c>euler-a</c>.</param>
/// <param name="ClassName">The class name in scheduler configurations.</param>
/// <param name="Summary">One line for lists.</param>
public sealed record SamplerName(string Name, string ClassName, string Summary)
{
    /// <summary>Keys that the name stands for, as JSON; they replace those of the model's folder.</summary>
    internal string Sets { get; init; } = "{}";

    /// <summary>Keys for folders that say nothing about them, as JSON.</summary>
    internal string Defaults { get; init; } = "{}";
}
