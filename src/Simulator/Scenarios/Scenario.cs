using System.Text.Json.Serialization;
using SimServe.Policies;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Scenarios;

/// <summary>One study: what is served, on what, with which policies. The same file drives the simulator and real devices.</summary>
public sealed record Scenario
{
    /// <summary>Name for reports.</summary>
    public required string Name { get; init; }

    /// <summary>Seed of every random stream of the run.</summary>
    public required int Seed { get; init; }

    /// <summary>Name of the model, or the full path of its folder.</summary>
    public required string Model { get; init; }

    /// <summary>What reports and profiles call the model: a folder's own name.</summary>
    [JsonIgnore]
    public string ModelName => Path.GetFileName(Model);

    /// <summary>What cached rows of templates are.</summary>
    /// <value>Each block's input, in the numbers that the model computes in.</value>
    [JsonConverter(typeof(CacheFormatConverter))]
    public CacheFormat Cache { get; init; }

    /// <summary>Denoising steps of every template and request, from 1 to 1000.</summary>
    public required int Steps { get; init; }

    /// <summary>The devices.</summary>
    public required FleetOptions Fleet { get; init; }

    /// <summary>The ControlNets and LoRAs that real devices serve.</summary>
    [JsonIgnore]
    public AddOnFiles AddOns { get; init; } = AddOnFiles.None;

    // What is as nobody asked for it stays out of the resolved scenario.
    [JsonInclude, JsonPropertyName("addOns"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal AddOnFiles? WrittenAddOns => AddOns.IsEmpty ? null : AddOns;

    /// <summary>The images that are edited, at least one.</summary>
    public required IReadOnlyList<TemplateSource> Templates { get; init; }

    /// <summary>Edits with a drawn mask: the first requests of the workload.</summary>
    public required IReadOnlyList<EditSource> Edits { get; init; }

    /// <summary>The requests.</summary>
    public required WorkloadSource Workload { get; init; }

    /// <summary>Service classes that the requests are drawn from; null where the scenario names none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ClassShare>? Classes { get; init; }

    /// <summary>The policies under study.</summary>
    public required PolicyOptions Policies { get; init; }

    /// <summary>The policies they are compared with.</summary>
    public required PolicyOptions Baseline { get; init; }

    /// <summary>Seconds spent on measuring the device, from 1 to 3600.</summary>
    public required double ProfileSeconds { get; init; }

    /// <summary>What goes wrong on purpose.</summary>
    [JsonConverter(typeof(FaultListConverter))]
    public required IReadOnlyList<Fault> Faults { get; init; }
}

/// <summary>An image that is edited.</summary>
/// <param name="Image">Path of a PNG file.</param>
/// <param name="Prompt">What it shows.</param>
/// <param name="Seed">Seed of its noise.</param>
public sealed record TemplateSource(string Image, string Prompt, int Seed)
{
    /// <summary>Path of the PNG file that ControlNets are shown in edits of it; <c>null</c>: the image itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ControlImage { get; init; }
}

/// <summary>An edit with a drawn mask.</summary>
/// <param name="Template">Index of its template.</param>
/// <param name="Mask">Path of a PNG file; white is edited.</param>
/// <param name="Prompt">What the edit should show.</param>
/// <param name="Seed">Seed of its noise.</param>
public sealed record EditSource(int Template, string Mask, string Prompt, int Seed);
