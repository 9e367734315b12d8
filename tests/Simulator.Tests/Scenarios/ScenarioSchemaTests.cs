using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SimServe.Policies;
using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Tests.Scenarios;

/// <summary>The published schema says what the reader does.</summary>
public sealed partial class ScenarioSchemaTests
{
    // Objects that need not be there, with what must be in them. At most one of them is in a scenario.
    private static readonly Dictionary<string, string> Optional = new()
    {
        ["cache"] = "cache={}",
        ["addOns"] = "addOns={}",
        ["addOns.controlNets.0"] = """addOns={"controlNets":[{"folder":"net"}]}""",
        ["addOns.loras.0"] = """addOns={"loras":[{"file":"lora.safetensors"}]}""",
        ["fleet.pools.0"] = """fleet={"pools":[{"device":"H100","workers":2}]}""",
        ["fleet.host"] = "fleet.host={}",
        ["fleet.host.peers"] = """fleet.host.peers={"bytesPerSecond":25e9}""",
        ["fleet.adapters"] = "fleet.adapters={}",
        ["fleet.controlNets"] = ControlNets,
        ["fleet.patchParallel"] = """fleet.patchParallel={"devices":4}""",
        ["fleet.cpu"] = "fleet.cpu={}",
        ["workload.closedLoop"] = """workload.closedLoop={"users":2,"thinkSeconds":1}""",
        ["workload.cancellation"] = """workload.cancellation={"share":0.1,"meanSeconds":2}""",
        ["workload.trace"] = """workload.trace={"file":"trace.csv"}""",
        ["policies.ordering"] = """policies.ordering={"kind":"fcfs"}""",
        ["policies.admission"] = """policies.admission={"kind":"always"}""",
        ["policies.scaling"] = """policies.scaling={"kind":"none"}""",
        ["policies.scaling.schedule.0"] = """policies.scaling={"kind":"scheduled","schedule":[{"fromSeconds":0,"workers":1}]}""",
        ["policies.recovery"] = """policies.recovery={"kind":"fail"}""",
        ["policies.addOns"] = "policies.addOns={}",
        ["policies.addOns.loraBounds.0"] = """policies.addOns={"loraBounds":[{"lora":1,"steps":2}]}""",
        ["policies.approximateCache"] = """policies.approximateCache={"hitShare":0.5,"skippedSteps":2}""",
        ["baseline.approximateCache"] = """baseline.approximateCache={"hitShare":0.5,"skippedSteps":2}""",
        ["baseline.addOns"] = "baseline.addOns={}",
        ["baseline.addOns.loraBounds.0"] = """baseline.addOns={"loraBounds":[{"lora":1,"steps":2}]}""",
        ["baseline.ordering"] = """baseline.ordering={"kind":"fcfs"}""",
        ["baseline.admission"] = """baseline.admission={"kind":"always"}""",
        ["baseline.scaling"] = """baseline.scaling={"kind":"none"}""",
        ["baseline.scaling.schedule.0"] = """baseline.scaling={"kind":"scheduled","schedule":[{"fromSeconds":0,"workers":1}]}""",
        ["baseline.recovery"] = """baseline.recovery={"kind":"fail"}""",
        ["faults.0 as lost-worker"] = """faults=[{"atSeconds":1,"worker":0}]""",
        ["faults.0 as spot-preemption"] = """faults=[{"kind":"spot-preemption","atSeconds":1,"worker":0,"noticeSeconds":2}]""",
        ["faults.0 as slow-worker"] = """faults=[{"kind":"slow-worker","atSeconds":1,"worker":0,"forSeconds":2,"factor":3}]""",
        ["faults.0 as link-brownout"] = """faults=[{"kind":"link-brownout","atSeconds":1,"worker":0,"forSeconds":2,"share":0.5}]""",
        ["faults.0 as lost-cache-host"] = """faults=[{"kind":"lost-cache-host","atSeconds":1,"host":0}]""",
        ["faults.0 as lost-controlnet-device"] = """faults=[{"kind":"lost-controlnet-device","atSeconds":1,"device":0}]""",
    };

    // Objects that must or may be there; what a section has depends on its kind where "as" stands.
    private static readonly string[] Sections =
    [
        "", "fleet", "templates.0", "edits.0", "workload", "workload.steps.0", "workload.resolutions.0", "classes.0", "policies", "baseline", .. Optional.Keys,
    ];

    // Every other list has an item, so that its keys can be asked for.
    private static readonly string[] FullLists = ["classes=[{\"name\":\"paid\"}]", "workload.steps=[{\"steps\":8}]", "workload.resolutions=[{\"width\":64,\"height\":64}]"];

    // Faults of devices that run ControlNets need such devices.
    private const string ControlNets = """fleet={"pools":[{"device":"H100","workers":2}],"controlNets":{"devices":1}}""";

    private const string Edit = "edits=[{\"template\":0,\"mask\":\"mask.png\",\"prompt\":\"a boat\"}]";

    [TestCaseSource(nameof(Sections))]
    public void The_keys_of_a_section_are_those_that_the_reader_asks_for(string section)
    {
        var bogus = $"{PathOf(section)}.bogus=1".TrimStart('.');
        var fault = ScenarioText.Read(ScenarioText.Small, [.. Around(section), bogus]).Faults.Single(static fault => fault.Found == "an unknown key");
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
        string[] settings = section.Length == 0 ? [] : [.. Around(section), $"{PathOf(section)}={Empty(section)}"];
        var missing = ScenarioText.Read(section.Length == 0 ? "{}" : ScenarioText.Small, settings).Faults
            .Where(static fault => fault.Found == "nothing")
            .Select(static fault => fault.Key.Split('.')[^1]);
        Assert.That(missing, Is.EquivalentTo(RequiredOf(section).Where(key => key != "kind" || KindOf(section) is null)));
    }

    [Test]
    public void Pools_stand_in_place_of_workers()
    {
        const string Pools = """[{"device":"H100","workers":60000},{"device":"A10","workers":40000,"workersPerHost":4,"pricing":"spot"}]""";
        var (scenario, faults) = ScenarioText.Read(ScenarioText.Small, $$"""fleet={"pools":{{Pools}}}""");
        var both = ScenarioText.FaultsOf(ScenarioText.Small, $"fleet.pools={Pools}", "fleet.pools.0.workers=60001");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(faults, Is.Empty);
            Assert.That(scenario.Fleet.Workers, Is.EqualTo(100_000));
            Assert.That(scenario.Fleet.Pools, Is.EqualTo(new[] { new PoolOptions("H100", 60_000, 8, "on-demand"), new PoolOptions("A10", 40_000, 4, "spot") }));
            Assert.That(both, Is.EqualTo(new[]
            {
                "fleet.workers: found 2; allowed: nothing beside a list of pools. Remove one of the two: the pools say how many there are.",
                "fleet.pools: found 100001 workers; allowed: up to 100000 in all. Use fewer.",
            }));
        }
    }

    [TestCaseSource(nameof(Numbers))]
    public void The_range_of_a_number_is_that_of_the_reader(string section, string key, string least, string most)
    {
        var setting = $"{PathOf(section)}.{key}=text".TrimStart('.');
        var fault = ScenarioText.Read(ScenarioText.Small, [.. Around(section), setting]).Faults.Single(static fault => fault.Found == "\"text\"");
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
            Assert.That(Enum(PropertiesOf($"{section}.ordering")["kind"]), Is.EqualTo(PolicyCatalogue.Ordering));
            Assert.That(Enum(PropertiesOf($"{section}.admission")["kind"]), Is.EqualTo(PolicyCatalogue.Admission));
            Assert.That(Enum(PropertiesOf($"{section}.scaling")["kind"]), Is.EqualTo(PolicyCatalogue.Scaling));
            Assert.That(Enum(PropertiesOf($"{section}.addOns")["prefetch"]), Is.EqualTo(PolicyCatalogue.Prefetch));
            Assert.That(Enum(PropertiesOf($"{section}.recovery")["kind"]), Is.EqualTo(PolicyCatalogue.Recovery));
        }
    }

    [TestCase("fleet.host.eviction")]
    [TestCase("fleet.adapters.eviction")]
    [TestCase("fleet.pools.0.pricing")]
    [TestCase("fleet.pools.0.device")]
    [TestCase("workload.closedLoop.thinkDistribution")]
    public void The_names_of_a_choice_are_those_of_the_reader(string key)
    {
        var (section, name) = (key[..key.LastIndexOf('.')], key[(key.LastIndexOf('.') + 1)..]);
        var fault = ScenarioText.Read(ScenarioText.Small, [Optional[section], $"{key}=bogus"]).Faults.Single();
        Assert.That(fault.Allowed.Split(", "), Is.EqualTo(Enum(PropertiesOf(section)[name]).Select(static choice => $"\"{choice}\"")));
    }

    [Test]
    public void The_kinds_of_faults_are_those_of_the_reader() =>
        Assert.That(Sections.Where(static section => KindOf(section) is not null).Select(KindOf), Is.EqualTo(FaultReader.Kinds));

    [Test]
    public void Writing_every_default_of_the_schema_changes_nothing()
    {
        string[] lists = [.. FullLists, Edit];
        string[] defaults = [.. Sections.Where(static section => !Optional.ContainsKey(section)).SelectMany(DefaultsOf).Where(static line => line is not "edits=[]")];
        Assert.That(defaults, Has.Length.GreaterThan(12).And.Contain("faults=[]"));
        AssertSame(lists, defaults);
    }

    [Test]
    public void Writing_every_default_of_an_object_that_may_be_missing_changes_nothing([ValueSource(nameof(OptionalSections))] string section) =>
        AssertSame([.. Ground(section), Optional[section]], [.. DefaultsOf(section)]);

    [TestCase("fleet.host")]
    [TestCase("fleet.adapters")]
    [TestCase("fleet.cpu")]
    public void An_empty_object_is_as_a_missing_one(string section) => AssertSame([], [Optional[section]]);

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

    private static string[] Around(string section) => [.. FullLists, .. Ground(section), Optional.GetValueOrDefault(section, Edit)];

    private static string[] Ground(string section) => section.EndsWith(FaultReader.LostControlNets, StringComparison.Ordinal) ? [ControlNets] : [];

    private static void AssertSame(string[] lists, string[] defaults)
    {
        var (written, faults) = ScenarioText.Read(ScenarioText.Small, [.. lists, .. defaults]);
        Assert.That(faults, Is.Empty);
        Assert.That(ScenarioText.Show(written), Is.EqualTo(ScenarioText.Show(ScenarioText.Read(ScenarioText.Small, lists).Scenario)));
    }

    private static IEnumerable<string> DefaultsOf(string section) => PropertiesOf(section)
        .Where(static property => property.Value!["default"] is not null)
        .Select(property => $"{PathOf(section)}.{property.Key}={property.Value!["default"]!.ToJsonString()}".TrimStart('.'));

    // What must be there in any case, and what must be there unless something else is: the first of several ways.
    private static IEnumerable<string> RequiredOf(string section) => new[] { SchemaOf(section)["required"], SchemaOf(section)["anyOf"]?[0]!["required"] }
        .SelectMany(static keys => keys?.AsArray().Select(static key => (string)key!) ?? []);

    private static IEnumerable<string[]> Numbers() =>
        from section in Sections
        from property in PropertiesOf(section)
        where property.Value!["minimum"] is not null
        select new[]
        {
            section, property.Key, property.Value!["minimum"]!.ToJsonString(), property.Value["maximum"]?.ToJsonString() ?? "",
        };

    private static IEnumerable<string> ObjectsOf(JsonNode node, string path)
    {
        var schema = Followed(node);
        if (schema["items"] is { } items)
        {
            return ObjectsOf(items, $"{path}.0");
        }

        // Arrivals have tests of their own: ScenarioArrivalsTests.
        if (schema["oneOf"] is JsonArray kinds)
        {
            return path == "workload.arrivals" ? [] : kinds.Select(kind => $"{path} as {KindIn(kind!)}");
        }

        return schema["properties"] is not JsonObject properties ? [] : properties
            .SelectMany(property => ObjectsOf(property.Value!, path.Length == 0 ? property.Key : $"{path}.{property.Key}"))
            .Prepend(path);
    }

    private static JsonObject PropertiesOf(string section) => SchemaOf(section)["properties"]!.AsObject();

    private static JsonNode SchemaOf(string section)
    {
        var schema = PathOf(section).Split('.', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(ScenarioText.Schema(), static (schema, key) => Followed(key == "0" ? schema["items"]! : schema["properties"]![key]!));
        return KindOf(section) is { } kind ? schema["oneOf"]!.AsArray().Single(schema => KindIn(schema!) == kind)! : schema;
    }

    private static JsonNode Followed(JsonNode schema) =>
        (string?)schema["$ref"] is { } reference ? schema.Root["$defs"]![reference.Split('/')[^1]]! : schema;

    private static string KindIn(JsonNode schema) => (string)schema["properties"]!["kind"]!["const"]!;

    private static string PathOf(string section) => section.Split(" as ")[0];

    private static string? KindOf(string section) => section.Split(" as ") is [_, var kind] ? kind : null;

    // Nothing but the kind, which decides what else must be there.
    private static string Empty(string section) => KindOf(section) is { } kind ? $$"""{"kind":"{{kind}}"}""" : "{}";

    private static IEnumerable<string> Enum(JsonNode? property) => property!["enum"]!.AsArray().Select(static name => (string)name!);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"number from (?<least>\S+) to (?<most>\S+)$")]
    private static partial Regex Range();

    [GeneratedRegex("""
        "\$schema":\s*"([^"]+)"
        """)]
    private static partial Regex SchemaKey();
}
