using System.Text.Json.Nodes;
using SimServe.Cli.Reproductions.SwiftDiffusion.Load;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Tests.Reproductions;

/// <summary><c>reproduce swiftdiffusion</c> from end to end.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ReproduceSwiftDiffusionTests : IDisposable
{
    private const string Experiment = "experiments/swiftdiffusion";

    private static readonly string[] Plots =
    [
        "gpu-seconds-of-an-image-by-sharing.png", "one-controlnet-elsewhere-by-the-link.png", "ours-over-the-paper.png", "p99-latency-by-load-60-h800.png", "stall-by-one-late-lora.png",
    ];

    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("simserve-swiftdiffusion-");

    private string Folder => Path.Combine(_parent.FullName, "out");

    [Test]
    public void Every_row_that_can_be_reproduced_is_or_has_its_reason()
    {
        var result = SimServeProcess.Run("reproduce", "swiftdiffusion", "--replications", "4", "--out", Folder, "--format", "json");
        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        var rows = CommittedResults.Rows(JsonNode.Parse(result.Output)!);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rows.Keys, Is.EquivalentTo(ExperimentReader.Read(Repository.PathOf(Experiment)).Rows.Select(static row => row.Id)));
            Assert.That(rows.Values.Where(static row => (string?)row["verdict"] == "missed" || row["ours"] is null), Is.Empty);
            Assert.That((double)rows["s97.hunyuan.ideal"]["ours"]!, Is.EqualTo(1.475));
            Assert.That((bool)rows["fig18l.h800"]["usedForFitting"]!, Is.True);
            Assert.That((bool)rows["fig18l.a100"]["usedForFitting"]!, Is.False);
            Assert.That((string?)rows["load.slo.a.serial"]["finding"], Does.Contain("p99"));
            Assert.That(File.ReadAllText(Path.Combine(Folder, "report.html")), Does.Contain("load.gpus.a.shared4").And.Not.Contains("src=\"http"));
            Assert.That(Directory.GetFiles(Path.Combine(Folder, "plots")).Select(Path.GetFileName), Is.EquivalentTo(Plots));
            Assert.That(File.ReadAllLines(Path.Combine(Folder, LoadFile.Name)), Has.Length.EqualTo(1 + (LoadStudy.Services.Count * LoadStudy.Combinations.Count)));
        }
    }

    [Test]
    public void The_table_says_how_it_came_out()
    {
        var result = SimServeProcess.Run("reproduce", "swiftdiffusion", "--replications", "1", "--out", Folder);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.Zero, result.ToString());
            Assert.That(result.Output, Does.Contain("fig18l.a100").And.Contains("Ours alone, held against nothing").And.Contains("0 missed"));
            Assert.That(result.Error, Does.Contain("swiftdiffusion: policies under load"));
        }
    }

    [Test]
    public void The_committed_results_are_of_the_committed_rows_and_constants() => CommittedResults.AssertAreOf(Experiment);

    public void Dispose() => _parent.Delete(recursive: true);
}
