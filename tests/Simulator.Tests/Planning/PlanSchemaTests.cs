using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SimServe.Policies;
using SimServe.Simulator.Catalogue;
using SimServe.Simulator.Planning;
using SimServe.Simulator.Tests.Scenarios;

namespace SimServe.Simulator.Tests.Planning;

/// <summary>The published schema of plan files says what the reader does.</summary>
public sealed partial class PlanSchemaTests
{
    private static readonly string[] Sections = ["", "workload", "objective", "candidates.0", "policies", "fleet", "calibrationError"];

    private static readonly string[] Full = ["policies={}", "fleet={}", "calibrationError={\"logStandardDeviation\":0.1,\"source\":\"a test\"}"];

    [TestCaseSource(nameof(Sections))]
    public void The_keys_of_a_section_are_those_that_the_reader_asks_for(string section)
    {
        var bogus = section.Length == 0 ? "bogus" : $"{section}.bogus";
        var fault = PlanText.FaultsOf(PlanText.Small, [.. Full, $"{bogus}=1"]).Single();
        Assert.That(PropertiesOf(section).Select(static property => property.Key), Is.EquivalentTo(fault.Allowed.Split(", ")));
    }

    [TestCaseSource(nameof(Sections))]
    public void The_keys_that_must_be_there_are_those_whose_absence_is_a_fault(string section)
    {
        var required = (SchemaOf(section)["required"]?.AsArray() ?? []).Select(static key => (string)key!).ToArray();
        if (required.Length == 0)
        {
            Assert.That(() => PlanText.Read(PlanText.Small, [.. Full, $"{section}={{}}"]), Throws.Nothing);
            return;
        }

        var faults = section.Length == 0 ? PlanText.FaultsOf("{}") : PlanText.FaultsOf(PlanText.Small, [.. Full, $"{section}={{}}"]);
        Assert.That(faults.Where(static fault => fault.Found == "nothing").Select(static fault => fault.Key.Split('.')[^1]), Is.EquivalentTo(required));
    }

    [TestCaseSource(nameof(Numbers))]
    public void The_range_of_a_number_is_that_of_the_reader(string key, string least, string most)
    {
        var fault = PlanText.FaultsOf(PlanText.Small, [.. Full, $"{key}=text"]).First(static fault => fault.Found == "\"text\"");
        var range = Range().Match(fault.Allowed);
        Assert.That(Number(range.Groups["least"].Value), Is.EqualTo(Number(least)), fault.Allowed);
        Assert.That(Number(range.Groups["most"].Value), Is.EqualTo(Number(most)), fault.Allowed);
    }

    [Test]
    public void Names_are_those_of_the_catalogues()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Enum("", "model"), Is.EqualTo(PlanText.Models));
            Assert.That(Enum("candidates.0", "device"), Is.EqualTo(DeviceCatalogue.Names));
            Assert.That(Enum("candidates.0", "pricing"), Is.EqualTo(PricingNames.All));
            Assert.That(Enum("policies", "batching"), Is.EqualTo(PolicyCatalogue.Batching));
            Assert.That(Enum("policies", "pipeline"), Is.EqualTo(PolicyCatalogue.Pipelines));
            Assert.That(Enum("policies", "routing"), Is.EqualTo(PolicyCatalogue.Routing));
        }
    }

    [Test]
    public void Writing_every_default_of_the_schema_changes_nothing()
    {
        var defaults = Sections
            .SelectMany(static section => PropertiesOf(section).Select(property => (Path: $"{section}.{property.Key}".TrimStart('.'), property.Value)))
            .Where(static property => property.Value!["default"] is not null && property.Path != "objective.seconds")
            .Select(static property => $"{property.Path}={property.Value!["default"]!.ToJsonString()}")
            .ToArray();
        Assert.That(defaults, Has.Length.GreaterThan(15));
        Assert.That(JsonSerializer.Serialize(PlanText.Read(PlanText.Small, defaults)), Is.EqualTo(JsonSerializer.Serialize(PlanText.Read(PlanText.Small, "fleet={}"))));
    }

    [Test]
    public void Every_key_is_described() => Assert.That(
        Sections.SelectMany(static section => PropertiesOf(section)).Where(static property => property.Value!["description"] is null), Is.Empty);

    [Test]
    public void A_committed_plan_has_no_fault()
    {
        var plans = Directory.GetFiles(Path.Combine(ScenarioText.Root(), "experiments", "plan"), "*.json");
        Assert.That(plans, Is.Not.Empty);
        foreach (var plan in plans)
        {
            Assert.That(() => new PlanReader(PlanText.Models).Read(plan, []), Throws.Nothing);
            Assert.That(File.ReadAllText(plan), Does.Contain("\"$schema\": \"../plan.schema.json\""));
        }
    }

    private static IEnumerable<string[]> Numbers() =>
        from section in Sections
        from property in PropertiesOf(section)
        where property.Value!["minimum"] is not null
        select new[] { $"{section}.{property.Key}".TrimStart('.'), property.Value!["minimum"]!.ToJsonString(), property.Value["maximum"]!.ToJsonString() };

    private static JsonObject PropertiesOf(string section) => SchemaOf(section)["properties"]!.AsObject();

    private static JsonNode SchemaOf(string section) => section.Split('.', StringSplitOptions.RemoveEmptyEntries)
        .Aggregate(PlanText.Schema(), static (schema, key) => key == "0" ? schema["items"]! : schema["properties"]![key]!);

    private static IEnumerable<string> Enum(string section, string key) => PropertiesOf(section)[key]!["enum"]!.AsArray().Select(static name => (string)name!);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"number from (?<least>\S+) to (?<most>\S+)$")]
    private static partial Regex Range();
}
