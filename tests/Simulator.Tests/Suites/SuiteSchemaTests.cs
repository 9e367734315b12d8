using System.Text.Json.Nodes;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Suites;
using SimServe.Simulator.Tests.Scenarios;

namespace SimServe.Simulator.Tests.Suites;

/// <summary>The published schema of suites says what the reader does.</summary>
public sealed class SuiteSchemaTests
{
    private static readonly string[] Sections = ["", "bounds", "cases"];

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

    [TestCase("", "repetitions")]
    [TestCase("", "paceSeconds")]
    [TestCase("bounds", "latencyMean")]
    [TestCase("bounds", "decisions")]
    [TestCase("cases", "load")]
    public void The_range_of_a_number_is_that_of_the_reader(string section, string key)
    {
        var property = Properties(section)[key]!;
        var words = Read(section, $$"""{ "{{key}}": "text" }""").Single(fault => fault.Key.EndsWith(key, StringComparison.Ordinal)).Allowed.Split(' ');
        Assert.That((words[^3], words[^1]), Is.EqualTo((property["minimum"]!.ToString(), property["maximum"]!.ToString())));
    }

    [Test]
    public void Defaults_are_those_of_the_reader()
    {
        var suite = SuiteText.Read(SuiteText.Small).Suite;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((suite.Repetitions, suite.PaceSeconds), Is.EqualTo(((int)Default("", "repetitions"), (double)Default("", "paceSeconds"))));
            Assert.That(suite.Bounds, Is.EqualTo(new SuiteBounds
            {
                LatencyMean = (double)Default("bounds", "latencyMean"),
                LatencyP95 = (double)Default("bounds", "latencyP95"),
                Throughput = (double)Default("bounds", "throughput"),
                Decisions = (double)Default("bounds", "decisions"),
            }));
        }
    }

    [Test]
    public void Every_key_is_described() =>
        Assert.That(Sections.SelectMany(static section => Properties(section)).Where(static property => property.Value!["description"] is null), Is.Empty);

    [Test]
    public void The_committed_suite_has_no_fault_and_names_the_schema()
    {
        var faults = new List<InputFault>();
        var file = Path.Combine(ScenarioText.Root(), "experiments", "validation", "suite.json");
        SuiteReader.Read(file, faults);
        Assert.That(faults, Is.Empty);
        Assert.That(File.ReadAllText(file), Does.Contain("\"$schema\": \"../suite.schema.json\""));
    }

    private static JsonNode Default(string section, string key) => Properties(section)[key]!["default"]!;

    private static List<InputFault> Read(string section, string json) => SuiteText.Read(section switch
    {
        "" => json,
        "cases" => $$"""{ "scenario": "scenario.json", "cases": [{{json}}] }""",
        _ => $$"""{ "scenario": "scenario.json", "cases": [{ "name": "one" }], "{{section}}": {{json}} }""",
    }).Faults;

    private static JsonNode Schema(string section)
    {
        var root = JsonNode.Parse(File.ReadAllText(Path.Combine(ScenarioText.Root(), "experiments", "suite.schema.json")))!;
        return section switch
        {
            "" => root,
            "cases" => root["properties"]![section]!["items"]!,
            _ => root["properties"]![section]!,
        };
    }

    private static JsonObject Properties(string section) => Schema(section)["properties"]!.AsObject();
}
