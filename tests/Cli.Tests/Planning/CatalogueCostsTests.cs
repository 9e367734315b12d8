using SimServe.Cli.Planning;
using SimServe.GpuBackend.Models;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Catalogue;

namespace SimServe.Cli.Tests.Planning;

/// <summary>The catalogue's efficiencies, fitted to published latencies of the published models.</summary>
public sealed class CatalogueCostsTests
{
    private const string Readme = "src/Simulator/Catalogue/README.md";
    private const string TableBegins = "<!-- efficiencies: written by CatalogueCostsTests -->";
    private const string TableEnds = "<!-- end of efficiencies -->";

    private static readonly CatalogueCosts Costs = new(PublishedShapes.Of);
    private static readonly IReadOnlyList<CheckedEfficiency> Rows = CheckedEfficiency.All(Costs, PublishedShapes.All);

    private static IEnumerable<TestCaseData> Anchors => DeviceCatalogue.All.SelectMany(
        static device => device.Anchors.Select(anchor => new TestCaseData(device, anchor).SetArgDisplayNames(device.Name, anchor.Model)));

    [TestCaseSource(nameof(Anchors))]
    public void A_fitted_model_reproduces_its_own_number(DeviceEntry device, PublishedLatency anchor)
    {
        var efficiency = Costs.EfficiencyOf(device, PublishedShapes.Of(anchor.Model));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Costs.Predict(device, anchor), Is.EqualTo(anchor.Seconds).Within(1).Percent);
            Assert.That(efficiency.Share, Is.InRange(0.05, 1));
            Assert.That(efficiency.Anchor, Is.SameAs(anchor));
            Assert.That(efficiency.Provenance.Statement, Does.Contain(anchor.Label).And.Contain(anchor.Source));
        }
    }

    [Test]
    public void Only_a_citation_of_the_model_on_the_device_is_published()
    {
        Assert.That(Rows, Has.Count.EqualTo(DeviceCatalogue.All.Count * PublishedModels.All.Count));
        foreach (var row in Rows)
        {
            var cited = row.Device.Anchors.Any(anchor => anchor.Model == row.Model);
            Assert.That(row.Efficiency.Provenance.Kind, Is.EqualTo(cited ? Provenance.Published : Provenance.Analytic), $"{row.Device.Name}, {row.Model}");
        }
    }

    [Test]
    public void What_is_carried_over_says_from_where()
    {
        foreach (var row in Rows.Where(static row => row.Efficiency.Provenance.Kind == Provenance.Analytic))
        {
            var (statement, anchor) = (row.Efficiency.Provenance.Statement, row.Efficiency.Anchor!);
            Assert.That(statement, Does.Contain("extrapolated").Or.Contain("assumed as on"), $"{row.Device.Name}, {row.Model}");
            Assert.That(statement, Does.Contain(anchor.Label).And.Contain(anchor.Source), $"{row.Device.Name}, {row.Model}");
        }
    }

    [TestCase("H800", "flux-schnell", "as flux-dev")]
    [TestCase("H800", "sd35-large", "as flux-dev")]
    [TestCase("H800", "sd35-medium", "as sd3-medium")]
    [TestCase("H200", "sdxl", "as on H100")]
    [TestCase("H200", "sd21", "as sd15 on H100")]
    [TestCase("A10", "sd21", "as sdxl")]
    [TestCase("A10", "sd3-medium", "as sdxl, of another kind")]
    [TestCase("L40S", "sdxl", "as flux-dev, of another kind")]
    public void A_model_without_a_citation_takes_the_nearest(string device, string model, string basis) =>
        Assert.That(Rows.Single(row => row.Device.Name == device && row.Model == model).Efficiency.Basis, Is.EqualTo(basis));

    [Test]
    public void Every_check_is_in_the_table_once() => Assert.That(
        Rows.SelectMany(static row => row.Checks).Select(static check => check.Published), Is.EquivalentTo(DeviceCatalogue.All.SelectMany(static device => device.Checks)));

    [Test]
    public void The_readme_shows_the_efficiencies_and_the_errors_of_the_checks() => Assert.That(
        TableOf(File.ReadAllLines(Repository.PathOf(Readme))),
        Is.EqualTo(EfficiencyTable.Markdown(Rows)),
        $"if the change is meant, run the explicit test {nameof(Write_the_table_of_the_readme)} and read the text around it again");

    // The README's words about the table.
    [Test]
    public void The_errors_are_as_large_as_the_readme_says()
    {
        var errors = Rows.SelectMany(static row => row.Checks).ToArray();
        var (plain, fast) = (errors.Where(static check => !IsOptimised(check)).ToArray(), errors.Where(IsOptimised).ToArray());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(plain.Select(static check => check.Error), Is.All.InRange(-0.27, 0.26));
            Assert.That(fast.Select(static check => check.Error), Is.All.InRange(-0.06, 0.95));
            Assert.That((plain.Length, fast.Length), Is.EqualTo((13, 11)));
        }
    }

    [Test]
    public void Every_published_latency_is_of_a_published_model() => Assert.That(
        DeviceCatalogue.All.SelectMany(static device => device.Checks.Concat(device.Anchors)).Select(static latency => latency.Model).Distinct(),
        Is.SubsetOf(PublishedModels.Names));

    [Test]
    public void The_models_of_the_plan_schema_are_the_published_ones()
    {
        var schema = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Repository.PathOf("experiments/plan.schema.json")))!;
        Assert.That(schema["properties"]!["model"]!["enum"]!.AsArray().Select(static name => (string)name!), Is.EqualTo(PublishedModels.Names));
    }

    [Test]
    [Explicit("Writes the catalogue's README: run it on purpose, then look at the difference.")]
    public void Write_the_table_of_the_readme()
    {
        var file = Repository.PathOf(Readme);
        var lines = File.ReadAllLines(file);
        File.WriteAllLines(file, [.. lines.TakeWhile(static line => line != TableBegins), TableBegins, .. EfficiencyTable.Markdown(Rows), .. lines.SkipWhile(static line => line != TableEnds)]);
    }

    private static IEnumerable<string> TableOf(IEnumerable<string> lines) =>
        lines.SkipWhile(static line => line != TableBegins).Skip(1).TakeWhile(static line => line != TableEnds);

    private static bool IsOptimised(EfficiencyCheck check) => check.Published.By is "stable-fast" or "onediff"
        || check.Published.By.EndsWith("TensorRT", StringComparison.Ordinal) || check.Published.By.EndsWith("compiled", StringComparison.Ordinal);
}
