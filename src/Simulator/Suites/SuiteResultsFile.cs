using System.Text.Json;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Suites;

/// <summary>Reads results of suites.</summary>
public static class SuiteResultsFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidInputException">It is not there, or holds no results of this version.</exception>
    public static SuiteResults Read(string path)
    {
        if (!File.Exists(path))
        {
            throw Invalid(path, $"\"{path}\", which is not there");
        }

        try
        {
            var results = JsonSerializer.Deserialize<SuiteResults>(File.ReadAllBytes(path), RunFolder.Json)!;
            return results.Schema == SuiteResults.CurrentSchema ? results : throw Invalid(path, $"schema {results.Schema}");
        }
        catch (JsonException fault)
        {
            throw Invalid(path, fault.Message);
        }
    }

    private static InvalidInputException Invalid(string path, string found) =>
        new(path, [new InputFault("results", found, $"results of schema {SuiteResults.CurrentSchema}, as 'simserve validate SUITE' writes them", "Run the suite again.")]);
}
