using System.Globalization;
using System.Text.Json.Nodes;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Sweeps;
using SimServe.Simulator.Tests.Scenarios;

namespace SimServe.Simulator.Tests.Sweeps;

/// <summary>The published schema of sweeps says what the reader does.</summary>
public sealed class SweepSchemaTests
{
    private static readonly string[] Sections = ["", "goal"];

    [TestCaseSource(nameof(Sections))]
    public void The_keys_of_a_section_are_those_that_the_reader_asks_for(string section)
    {
        var fault = Read(section, "{ \"bogus\": 1 }").Single(static fault => fault.Key.EndsWith("bogus", StringComparison.Ordinal));
        Assert.That(Properties(section).Select(static property => property.Key), Is.EquivalentTo(fault.Allowed.Split(", ")));
    }

    [TestCaseSource(nameof(Sections))]
    public void The_keys_that_must_be_there_are_those_whose_absence_is_a_fault(string section)
    {
        var missing = Read(section, "{}").Where(static fault => fault.Found == "nothing").Select(static fault => fault.Key.Split('.')[^1]);
        Assert.That(missing, Is.EquivalentTo(Schema(section)["required"]?.AsArray().Select(static key => (string)key!) ?? []));
    }

    [TestCase("", "replications")]
    [TestCase("goal", "objective")]
    public void The_range_of_a_number_is_that_of_the_reader(string section, string key)
    {
        var property = Properties(section)[key]!;
        var words = Read(section, $$"""{ "{{key}}": "text" }""").Single(fault => fault.Key.EndsWith(key, StringComparison.Ordinal)).Allowed.Split(' ');
        Assert.That((Number(words[^3]), Number(words[^1])), Is.EqualTo(((double)property["minimum"]!, (double)property["maximum"]!)));
    }

    [Test]
    public void The_metrics_are_those_of_the_library() => Assert.That(
        Properties("goal")["metric"]!["enum"]!.AsArray().Select(static name => (string)name!), Is.EqualTo(SweepMetric.All.Select(static metric => metric.Name)));

    [Test]
    public void Defaults_are_those_of_the_reader()
    {
        var sweep = SweepExample.Read(SweepExample.Small).Sweep;
        Assert.That((sweep.Replications, sweep.Goal.Metric.Name), Is.EqualTo(((int)Properties("")["replications"]!["default"]!, (string)Properties("goal")["metric"]!["default"]!)));
    }

    [Test]
    public void Every_key_is_described() =>
        Assert.That(Sections.SelectMany(static section => Properties(section)).Where(static property => property.Value!["description"] is null), Is.Empty);

    [Test]
    public void The_committed_sweep_has_no_fault_and_names_the_schema()
    {
        var faults = new List<InputFault>();
        var file = Path.Combine(ScenarioText.Root(), "experiments", "sweep", "policies.json");
        SweepReader.Read(file, faults);
        Assert.That(faults, Is.Empty);
        Assert.That(File.ReadAllText(file), Does.Contain("\"$schema\": \"../sweep.schema.json\""));
    }

    private static List<InputFault> Read(string section, string json) => SweepExample.Read(section.Length == 0 ? json : $$"""
        { "scenario": "scenario.json", "vary": { "a": [1] }, "{{section}}": {{json}} }
        """).Faults;

    private static JsonNode Schema(string section)
    {
        var root = JsonNode.Parse(File.ReadAllText(Path.Combine(ScenarioText.Root(), "experiments", "sweep.schema.json")))!;
        return section.Length == 0 ? root : root["properties"]![section]!;
    }

    private static JsonObject Properties(string section) => Schema(section)["properties"]!.AsObject();

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
