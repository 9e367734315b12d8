using System.Text.Json;
using System.Text.Json.Nodes;
using SimServe.Simulator.Catalogue;
using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Tests.Scenarios;

/// <summary>A small scenario without faults, changed by settings or by text, written to a folder of its own and read.</summary>
internal static class ScenarioText
{
    public const string Small =
        """
        {
          // One picture, one worker.
          "fleet": { "workers": 2, "linkBytesPerSecond": 2.5e8 },
          "templates": [ { "image": "template.png", "prompt": "a harbour" } ],
          "workload": { "requests": 6, "ratePerSecond": 2 },
        }
        """;

    public static (Scenario Scenario, List<InputFault> Faults) Read(string text, params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("simserve-scenario-");
        try
        {
            var file = Path.Combine(folder.FullName, "small.json");
            File.WriteAllText(file, text);
            File.WriteAllBytes(Path.Combine(folder.FullName, "template.png"), []);
            File.WriteAllBytes(Path.Combine(folder.FullName, "mask.png"), []);
            File.WriteAllBytes(Path.Combine(folder.FullName, "trace.csv"), []);
            File.WriteAllBytes(Path.Combine(folder.FullName, "lora.safetensors"), []);
            folder.CreateSubdirectory("net");
            var faults = new List<InputFault>();
            return (new ScenarioReader(["flux-nano", "flux-tiny"], DeviceCatalogue.Names).Read(file, settings, faults), faults);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public static IEnumerable<string> FaultsOf(string text, params string[] settings) =>
        Read(text, settings).Faults.Select(static fault => fault.ToString());

    // The committed schema, wherever the tests run.
    public static JsonNode Schema() => JsonNode.Parse(File.ReadAllBytes(Path.Combine(Root(), "experiments", "scenario.schema.json")))!;

    public static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "SimServe.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests must lie below SimServe.sln.");
        }

        return folder.FullName;
    }

    // What a scenario says, without where its images are.
    public static string Show(Scenario scenario) => JsonSerializer.Serialize(scenario with
    {
        Templates = [.. scenario.Templates.Select(static template => template with { Image = Path.GetFileName(template.Image) })],
        AddOns = new AddOnFiles([.. scenario.AddOns.ControlNets.Select(WithoutFolder)], [.. scenario.AddOns.Loras.Select(WithoutFolder)]),
        Edits = [.. scenario.Edits.Select(static edit => edit with { Mask = Path.GetFileName(edit.Mask) })],
        Workload = scenario.Workload with { Trace = scenario.Workload.Trace is { } trace ? trace with { File = Path.GetFileName(trace.File) } : null },
    });

    private static AddOnFile WithoutFolder(AddOnFile file) => file with { Path = Path.GetFileName(file.Path) };
}
