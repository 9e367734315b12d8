using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Suites;

namespace SimServe.Simulator.Tests.Suites;

/// <summary>Suites read from text.</summary>
internal static class SuiteText
{
    public const string Small =
        """
        {
          // Two cases.
          "scenario": "scenario.json",
          "cases": [
            { "name": "light", "load": 0.25 },
            { "name": "round robin", "set": { "policies.routing": "round-robin", "workload.requests": 12, "faults": [{ "worker": 1, "atSeconds": 2 }] } },
          ],
        }
        """;

    public static (ValidationSuite Suite, List<InputFault> Faults) Read(string text)
    {
        var folder = Directory.CreateTempSubdirectory("simserve-suite-");
        try
        {
            var file = Path.Combine(folder.FullName, "small.json");
            File.WriteAllText(file, text);
            File.WriteAllText(Path.Combine(folder.FullName, "scenario.json"), "{}");
            var faults = new List<InputFault>();
            return (SuiteReader.Read(file, faults), faults);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
