using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SimServe.Policies;
using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Tests.Scenarios;

/// <summary>The published schema says what the reader does.</summary>
public sealed partial class ScenarioSchemaTests
{
    private static readonly string[] Sections =
    [
        "", "fleet", "templates.0", "edits.0", "workload", "workload.steps.0", "workload.closedLoop", "workload.trace", "classes.0", "policies", "baseline", "faults.0",
    ];

    // Objects that need not be there, with what must be in them. At most one of them is in a scenario.
    private static readonly Dictionary<string, string> Optional = new()
    {
        ["workload.closedLoop"] = "workload.closedLoop={\"users\":2,\"thinkSeconds\":1}",
        ["workload.trace"] = "workload.trace={\"file\":\"trace.csv\"}",
    };

    // Every list has an item, so that its keys can be asked for.
    private static readonly string[] FullLists =
    [
        "faults=[{\"worker\":0,\"atSeconds\":1}]", "classes=[{\"name\":\"paid\"}]", "workload.steps=[{\"steps\":8}]",
    ];

    private const string Edit = "edits=[{\"template\":0,\"mask\":\"mask.png\",\"prompt\":\"a boat\"}]";

    [TestCaseSource(nameof(Sections))]
    public void The_keys_of_a_section_are_those_that_the_reader_asks_for(string section)
    {
        var bogus = section.Length == 0 ? "bogus" : $"{section}.bogus";
        var fault = ScenarioText.Read(ScenarioText.Small, [.. Around(section), $"{bogus}=1"]).Faults.Single();
        var known = PropertiesOf(section).Select(static property => property.Key);
        Assert.That(known, Is.EquivalentTo(fault.Allowed.Split(", ")));
    }

    [Test]
    public void Every_object_of_the_schema_is_a_section() =>
        Assert.That(
            ObjectsOf(ScenarioText.Schema(), ""), Is.EquivalentTo(Sections));

    [TestCaseSource(nameof(Sections))]
    public void The_keys_that_must_be_there_are_those_whose_absence_is_a_fault(string section)
    {
        string[] emptied = section.Length == 0 ? [] : [$"{section}={{}}"];
        string[] around = section.Length == 0 ? [] : Around(section);
        var missing = ScenarioText.Read(section.Length == 0 ? "{}" : ScenarioText.Small, [.. around, .. emptied]).Faults
            .Where(static fault => fault.Found == "nothing")
            .Select(static fault => fault.Key.Split('.')[^1]);
        Assert.That(missing, Is.EquivalentTo(RequiredOf(section)));
    }

    [TestCaseSource(nameof(Numbers))]
    public void The_range_of_a_number_is_that_of_the_reader(string key, string least, string most)
    {
        var fault = ScenarioText.Read(ScenarioText.Small, [.. Around(key[..Math.Max(0, key.LastIndexOf('.'))]), $"{key}=text"]).Faults.Single(static fault => fault.Found == "\"text\"");
        var range = Range().Match(fault.Allowed);
        Assert.That(Number(range.Groups["least"].Value), Is.EqualTo(Number(least)), fault.Allowed);
        if (most.Length > 0)
        {
            Assert.That(Number(range.Groups["most"].Value), Is.EqualTo(Number(most)), fault.Allowed);
        }
    }

    [TestCase("policies")]
    [TestCase("baseline")]
    public void The_names_of_policies_are_those_of_the_catalogue(string section)
    {
        var properties = PropertiesOf(section);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Enum(properties["batching"]), Is.EqualTo(PolicyCatalogue.Batching));
            Assert.That(Enum(properties["pipeline"]), Is.EqualTo(PolicyCatalogue.Pipelines));
            Assert.That(Enum(properties["routing"]), Is.EqualTo(PolicyCatalogue.Routing));
        }
    }

    [Test]
    public void Writing_every_default_of_the_schema_changes_nothing()
    {
        string[] lists = [.. FullLists[1..], Edit];
        string[] defaults = [.. Sections.Where(static section => !Optional.ContainsKey(section)).SelectMany(DefaultsOf).Where(static line => line is not "edits=[]")];
        Assert.That(defaults, Has.Length.GreaterThan(12));
        AssertSame(lists, defaults);
    }

    [Test]
    public void Writing_every_default_of_an_object_that_may_be_missing_changes_nothing([ValueSource(nameof(OptionalSections))] string section) =>
        AssertSame([Optional[section]], [.. DefaultsOf(section)]);

    [Test]
    public void Every_key_is_described() =>
        Assert.That(
            Sections.SelectMany(static section => PropertiesOf(section)).Where(static property => property.Value!["description"] is null), Is.Empty);

    [TestCaseSource(nameof(CommittedScenarios))]
    public void A_committed_scenario_has_no_fault_and_names_the_schema(string path)
    {
        var faults = new List<InputFault>();
        var file = Path.Combine(ScenarioText.Root(), path);
        new ScenarioReader(["flux-nano"]).Read(file, [], faults);
        Assert.That(faults, Is.Empty);
        var schema = SchemaKey().Match(File.ReadAllText(file)).Groups[1].Value;
        Assert.That(Path.Combine(Path.GetDirectoryName(file)!, schema), Does.Exist);
    }

    private static IEnumerable<string> CommittedScenarios() => Directory
        .EnumerateFiles(Path.Combine(ScenarioText.Root(), "experiments"), "scenario.json", SearchOption.AllDirectories)
        .Select(static file => Path.GetRelativePath(ScenarioText.Root(), file));

    private static IEnumerable<string> OptionalSections() => Optional.Keys;

    private static string[] Around(string section) => [.. FullLists, Optional.GetValueOrDefault(section, Edit)];

    private static void AssertSame(string[] lists, string[] defaults)
    {
        var (written, faults) = ScenarioText.Read(ScenarioText.Small, [.. lists, .. defaults]);
        Assert.That(faults, Is.Empty);
        Assert.That(ScenarioText.Show(written), Is.EqualTo(ScenarioText.Show(ScenarioText.Read(ScenarioText.Small, lists).Scenario)));
    }

    private static IEnumerable<string> DefaultsOf(string section) => PropertiesOf(section)
        .Where(static property => property.Value!["default"] is not null)
        .Select(property => $"{section}.{property.Key}={property.Value!["default"]!.ToJsonString()}".TrimStart('.'));

    // What must be there in any case, and what must be there unless something else is: the first of several ways.
    private static IEnumerable<string> RequiredOf(string section) => new[] { SchemaOf(section)["required"], SchemaOf(section)["anyOf"]?[0]!["required"] }
        .SelectMany(static keys => keys?.AsArray().Select(static key => (string)key!) ?? []);

    private static IEnumerable<string[]> Numbers() =>
        from section in Sections
        from property in PropertiesOf(section)
        where property.Value!["minimum"] is not null
        select new[]
        {
            $"{section}.{property.Key}".TrimStart('.'), property.Value!["minimum"]!.ToJsonString(), property.Value["maximum"]?.ToJsonString() ?? "",
        };

    private static IEnumerable<string> ObjectsOf(JsonNode schema, string path)
    {
        if (schema["properties"] is not JsonObject properties)
        {
            return schema["items"] is { } items ? ObjectsOf(items, $"{path}.0") : [];
        }

        return properties
            .SelectMany(property => ObjectsOf(property.Value!, path.Length == 0 ? property.Key : $"{path}.{property.Key}"))
            .Prepend(path);
    }

    private static JsonObject PropertiesOf(string section) => SchemaOf(section)["properties"]!.AsObject();

    private static JsonNode SchemaOf(string section) => section.Split('.', StringSplitOptions.RemoveEmptyEntries)
        .Aggregate(ScenarioText.Schema(), static (schema, key) => key == "0" ? schema["items"]! : schema["properties"]![key]!);

    private static IEnumerable<string> Enum(JsonNode? property) => property!["enum"]!.AsArray().Select(static name => (string)name!);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"number from (?<least>\S+) to (?<most>\S+)$")]
    private static partial Regex Range();

    [GeneratedRegex("""
        "\$schema":\s*"([^"]+)"
        """)]
    private static partial Regex SchemaKey();
}
