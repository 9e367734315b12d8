using System.Text.Json;
using SimServe.GpuBackend.Layers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Golden;

/// <summary>One call of the reference: its inputs and its expected outputs.</summary>
internal sealed class GoldenRun(GoldenCase golden, JsonElement json)
{
    public GoldenCase Case => golden;

    public JsonElement Json => json;

    /// <summary>How U-Nets and ControlNets compute their layers.</summary>
    public BackboneOptimisations Optimisations { get; init; } = BackboneOptimisations.None;

    public string Id => json.TryGetProperty("id", out var id) ? id.GetString()! : "all";

    /// <summary>The same call of a model that computes its layers in another way.</summary>
    public GoldenRun With(BackboneOptimisations optimisations) => new(golden, json) { Optimisations = optimisations };

    /// <summary>Names of the expected outputs.</summary>
    public IEnumerable<string> Outputs => json.GetProperty("outputs").EnumerateObject().Select(static output => output.Name);

    /// <summary>Names in the file of the intermediate values to be compared.</summary>
    public IEnumerable<string> Intermediates =>
        json.TryGetProperty("intermediates", out var names) ? names.EnumerateArray().Select(static name => name.GetString()!) : [];

    public Tensor Tensor(string nameInFile) => golden.Io.Read(nameInFile);

    public bool HasInput(string argument) => json.GetProperty("inputs").TryGetProperty(argument, out _);

    // Where the models are.
    public Tensor Input(string argument) => Tensor(json.GetProperty("inputs").GetProperty(argument).GetString()!).to(GoldenDevice.Current);

    public Tensor Output(string name) => Tensor(json.GetProperty("outputs").GetProperty(name).GetString()!);

    public override string ToString() => $"{golden.Name}, {Id}";
}
