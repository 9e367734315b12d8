using System.Text.Json.Serialization;

namespace SimServe.Simulator.Scenarios;

/// <summary>The ControlNets and LoRAs of a scenario by their files: what real devices serve, by their numbers in these lists.</summary>
/// <param name="ControlNets">ControlNets.</param>
/// <param name="Loras">LoRAs.</param>
public sealed record AddOnFiles(IReadOnlyList<AddOnFile> ControlNets, IReadOnlyList<AddOnFile> Loras)
{
    /// <summary>None.</summary>
    public static readonly AddOnFiles None = new([], []);

    /// <summary>Whether there are none.</summary>
    [JsonIgnore]
    public bool IsEmpty => ControlNets.Count + Loras.Count == 0;
}

/// <summary>A ControlNet or a LoRA.</summary>
/// <param name="Path">Full path of a LoRA's file or a ControlNet's folder.</param>
/// <param name="Scale">Its strength: 1 as trained.</param>
/// <param name="Share">Share of requests that use it, from 0 to 1, each drawn by itself.</param>
public sealed record AddOnFile(string Path, double Scale, double Share);
