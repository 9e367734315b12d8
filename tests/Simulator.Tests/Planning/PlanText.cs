using System.Text.Json.Nodes;
using SimServe.Simulator.Planning;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Tests.Scenarios;

namespace SimServe.Simulator.Tests.Planning;

/// <summary>A small plan without faults, changed by settings or by text, written to a file of its own and read.</summary>
internal static class PlanText
{
    public static readonly string[] Models =
        ["sd15", "sd21", "sdxl", "flux-dev", "flux-schnell", "sd3-medium", "sd35-medium", "sd35-large", "dit-xl-2-256"];

    public const string Small =
        """
        {
          // A p95 of 2 seconds.
          "model": "sd15", "steps": 20,
          "workload": { "ratePerSecond": 2 },
          "objective": { "attainment": 0.95, "seconds": 2 },
          "candidates": [ { "device": "H100" } ],
        }
        """;

    public static PlanFile Read(string text, params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("simserve-plan-");
        try
        {
            var file = Path.Combine(folder.FullName, "small.json");
            File.WriteAllText(file, text);
            return new PlanReader(Models).Read(file, settings);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public static IReadOnlyList<InputFault> FaultsOf(string text, params string[] settings) =>
        Assert.Throws<InvalidInputException>(() => Read(text, settings))!.Faults;

    public static JsonNode Schema() => JsonNode.Parse(File.ReadAllBytes(Path.Combine(ScenarioText.Root(), "experiments", "plan.schema.json")))!;
}
