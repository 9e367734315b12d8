using System.Text.Json.Nodes;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Tests.Reproductions;

/// <summary>The results of a reproduction that are committed beside it.</summary>
internal static class CommittedResults
{
    /// <summary>Asserts that they are of the committed rows and constants.</summary>
    /// <param name="experiment">The experiment's folder, from the repository's root.</param>
    public static void AssertAreOf(string experiment)
    {
        var file = ExperimentReader.Read(Repository.PathOf(experiment));
        var document = JsonNode.Parse(File.ReadAllText(Repository.PathOf($"{experiment}/results/{ReproductionDocument.FileName}")))!;
        var rows = Rows(document);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rows.Keys, Is.EqualTo(file.Rows.Select(static row => row.Id)));
            Assert.That(rows.Values.Select(static row => (double?)row["target"]), Is.EqualTo(file.Rows.Select(static row => row.Target)));
            Assert.That(document["constants"]!.AsArray().Select(static constant => (string)constant!["id"]!), Is.EqualTo(file.Constants.All.Select(static constant => constant.Id)));
            Assert.That(document["constants"]!.AsArray().Select(static constant => (double)constant!["values"]![0]!), Is.EqualTo(file.Constants.All.Select(static constant => constant.Values[0])));
        }
    }

    /// <summary>A document's rows by their names.</summary>
    public static Dictionary<string, JsonNode> Rows(JsonNode document) =>
        document["rows"]!.AsArray().ToDictionary(static row => (string)row!["id"]!, static row => row!, StringComparer.Ordinal);
}
