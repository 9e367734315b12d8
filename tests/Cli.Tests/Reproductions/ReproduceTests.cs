using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Tests.Reproductions;

/// <summary><c>reproduce</c> from end to end.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ReproduceTests : IDisposable
{
    private const string Experiment = "experiments/instgenie";

    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("simserve-reproduce-");

    private string Folder => Path.Combine(_parent.FullName, "out");

    [Test]
    public void Every_row_that_can_be_reproduced_is_or_has_its_reason()
    {
        var result = SimServeProcess.Run("reproduce", "instgenie", "--replications", "8", "--out", Folder, "--format", "json");
        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        var rows = CommittedResults.Rows(JsonNode.Parse(result.Output)!);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rows.Keys, Is.EquivalentTo(ExperimentReader.Read(Repository.PathOf(Experiment)).Rows.Select(static row => row.Id)));
            Assert.That(rows.Values.Where(static row => (string?)row["verdict"] == "missed"), Is.Empty);
            Assert.That((double)rows["size.templates"]["ours"]!, Is.EqualTo(793));
            Assert.That((double)rows["table1.attention"]["ours"]!, Is.EqualTo(5).Within(0.1).Percent);
            Assert.That(File.ReadAllText(Path.Combine(Folder, "summary.json")).TrimEnd(), Is.EqualTo(result.Output.TrimEnd()));
            Assert.That(File.ReadAllText(Path.Combine(Folder, "report.html")), Does.Contain("fig16l.flashps.request").And.Not.Contains("<link").And.Not.Contains("src=\"http"));
            Assert.That(Directory.GetFiles(Path.Combine(Folder, "plots"), "*.png"), Has.Length.GreaterThanOrEqualTo(9));
            Assert.That(result.Error, Does.Contain("instgenie: one worker under load"));
        }
    }

    // A table of copied numbers would not move.
    [Test]
    public void Ours_follows_the_constants_and_a_row_that_leaves_its_target_fails_the_command()
    {
        var experiments = CopyOfExperiments();
        var constants = Path.Combine(experiments, "instgenie", ExperimentReader.ConstantsFile);
        File.WriteAllText(constants, File.ReadAllText(constants).Replace("3.577125e-4", "7.15425e-4", StringComparison.Ordinal));
        var result = SimServeProcess.Run("reproduce", "instgenie", "--experiments", experiments, "--replications", "1", "--out", Folder, "--format", "json");
        var rows = CommittedResults.Rows(JsonNode.Parse(result.Output)!);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(1));
            Assert.That((double)rows["fig1.full"]["ours"]!, Is.EqualTo(0.478224 + (2 * 1.481125)).Within(0.5).Percent);
            Assert.That((string)rows["fig1.full"]["verdict"]!, Is.EqualTo("missed"));
            Assert.That((string)rows["fig7.y"]["verdict"]!, Is.EqualTo("within"), "another model's constants");
        }
    }

    [Test]
    public void Faults_of_an_experiment_are_told_and_leave_nothing()
    {
        var experiments = CopyOfExperiments();
        var rows = Path.Combine(experiments, "instgenie", ExperimentReader.RowsFile);
        File.WriteAllText(rows, File.ReadAllText(rows).Replace("\"target\": 1.94", "\"target\": \"fast\"", StringComparison.Ordinal));
        var result = SimServeProcess.Run("reproduce", "instgenie", "--experiments", experiments, "--out", Folder);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(2));
            Assert.That(result.Faults, Has.Some.StartsWith("rows[0].target: found \"fast\""));
            Assert.That(Directory.Exists(Folder), Is.False);
        }
    }

    [Test]
    public void Unknown_experiments_and_missing_files_have_their_exit_codes()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(SimServeProcess.Run("reproduce", "nobody").ExitCode, Is.EqualTo(2));
            Assert.That(SimServeProcess.Run("reproduce", "instgenie", "--replications", "0").Faults, Is.EqualTo(new[] { "--replications: found 0; allowed: a whole number from 1 to 1000. Write one in that range." }));
            Assert.That(SimServeProcess.Run("reproduce", "all", "--experiments", _parent.FullName, "--out", Folder).ExitCode, Is.EqualTo(3));
        }
    }

    [Test]
    public void Experiments_are_listed() => Assert.That(SimServeProcess.Run("list", "experiments").Output, Does.StartWith("instgenie "));

    [Test]
    public void The_committed_scenarios_run_by_themselves_on_the_committed_profiles()
    {
        var result = SimServeProcess.Run(
            "simulate", $"{Experiment}/scenarios/ootd-fleet.json", "--profile", $"{Experiment}/profiles/h800-ootd.json", "--set", "workload.requests=50", "--no-baseline", "--out", Folder);
        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Output, Does.Contain("published"));
    }

    // What scenario files say for those who simulate them by themselves is what the constants say.
    [TestCase("flux-worker")]
    [TestCase("flux-fleet")]
    [TestCase("ootd-fleet")]
    [TestCase("ootd-templates")]
    public void Scenarios_agree_with_the_constants(string name)
    {
        var constants = ExperimentReader.Read(Repository.PathOf(Experiment)).Constants;
        var text = Regex.Replace(File.ReadAllText(Repository.PathOf($"{Experiment}/scenarios/{name}.json")), "//[^\n]*", "");
        var cpu = JsonNode.Parse(text)!["fleet"]!["cpu"]!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((double)cpu["decisionSeconds"]!, Is.EqualTo(constants["overhead.decisionSeconds"]));
            Assert.That((double)cpu["assemblySeconds"]!, Is.EqualTo(constants["overhead.assemblySeconds"]));
            Assert.That((double)cpu["serialisationSeconds"]!, Is.EqualTo(constants["overhead.serialisationSeconds"]));
            Assert.That((double)cpu["transferSeconds"]!, Is.EqualTo(constants["overhead.transferSeconds"]));
            Assert.That((double)cpu["preprocessingSeconds"]!, Is.EqualTo(constants["prepost.seconds"]));
            Assert.That((double)cpu["postprocessingSeconds"]!, Is.EqualTo(constants["prepost.seconds"]));
        }
    }

    [Test]
    public void The_committed_results_are_of_the_committed_rows_and_constants() => CommittedResults.AssertAreOf(Experiment);

    public void Dispose() => _parent.Delete(recursive: true);

    private string CopyOfExperiments()
    {
        var copy = Path.Combine(_parent.FullName, "experiments");
        foreach (var file in Directory.EnumerateFiles(Repository.PathOf(Experiment), "*.json", SearchOption.AllDirectories))
        {
            var place = Path.Combine(copy, "instgenie", Path.GetRelativePath(Repository.PathOf(Experiment), file));
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.Copy(file, place);
        }

        return copy;
    }
}
