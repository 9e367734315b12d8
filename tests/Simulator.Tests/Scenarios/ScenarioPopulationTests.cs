using System.Text.Json;
using SimServe.Policies;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Traces;
using SimServe.Simulator.Workloads;
using SimServe.Simulator.Workloads.Adapters;

namespace SimServe.Simulator.Tests.Scenarios;

/// <summary>What the reader makes of populations, closed loops and traces.</summary>
public sealed class ScenarioPopulationTests
{
    private static readonly TokenGrid Grid = new(16, 16, 8);

    private static readonly EditMask Any = EditMask.OfSize(Grid, 1);

    private const string Populated =
        """
        {
          "fleet": { "workers": 2, "linkBytesPerSecond": 2.5e8 },
          "classes": [ { "name": "paid", "priority": 10, "objectiveSeconds": 5 }, { "name": "free", "weight": 3, "masks": "inpaint" } ],
          "workload": {
            "requests": 60, "ratePerSecond": 2, "templates": 970, "templateSkew": 1,
            "steps": [ { "steps": 20 }, { "steps": 50, "weight": 2 } ], "tenants": 4, "tenantSkew": 1, "adapters": "service-a", "adapterNeighbourhoods": 2
          }
        }
        """;

    [Test]
    public void Populations_reach_the_requests()
    {
        var (scenario, faults) = ScenarioText.Read(Populated);
        Assert.That(faults, Is.Empty);
        var requests = ScenarioWorkload.Build(scenario, Grid, []);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(requests.Select(static request => request.Class).Distinct(), Is.EquivalentTo(new[]
            {
                new ServiceClass("paid", 10, TimeSpan.FromSeconds(5)), new ServiceClass("free"),
            }));
            Assert.That(requests.Select(static request => request.Steps).Distinct(), Is.EquivalentTo(new[] { 20, 50 }));
            Assert.That(requests.Select(static request => request.Tenant.Value).Max(), Is.InRange(1, 3));
            Assert.That(requests.Count(static request => request.Adapters.Loras.Count == 2), Is.GreaterThan(40), "91 % have two");
            Assert.That(requests.Select(static request => request.Template.Value).Max(), Is.InRange(100, 969));
        }
    }

    [Test]
    public void A_stream_gives_what_the_list_has()
    {
        var (scenario, _) = ScenarioText.Read(Populated);
        var source = ScenarioWorkload.Stream(scenario, Grid, [], scenario.Seed, maskShapes: true);
        foreach (var expected in ScenarioWorkload.Build(scenario, Grid, []))
        {
            Assert.That(source.TryNext(out var request));
            Assert.That(request with { Mask = expected.Mask }, Is.EqualTo(expected));
        }

        Assert.That(source.TryNext(out _), Is.False);
    }

    [Test]
    public void A_closed_loop_needs_no_rate_and_streams()
    {
        var (scenario, faults) = ScenarioText.Read(
            ScenarioText.Small,
            """workload={"requests":9,"closedLoop":{"users":3,"thinkSeconds":2,"thinkDistribution":"lognormal","editsPerSession":4,"sameTemplate":0.5,"sessionsPerUser":7}}""");
        Assert.That(faults, Is.Empty);
        Assert.That(scenario.Workload.ClosedLoop, Is.EqualTo(new ClosedLoopOptions
        {
            Users = 3,
            ThinkSeconds = 2,
            ThinkDistribution = ThinkDistribution.LogNormal,
            EditsPerSession = 4,
            SameTemplate = 0.5,
            SessionsPerUser = 7,
        }));
        var source = ScenarioWorkload.Stream(scenario, Grid, [], 1, maskShapes: false);
        Assert.That(Enumerable.Range(0, 4).Count(_ => source.TryNext(out var _)), Is.EqualTo(3), "one request of each user before anything was served");
        Assert.That(() => ScenarioWorkload.Build(scenario, Grid, []), Throws.TypeOf<InvalidInputException>().With.Message.Contains("workload.closedLoop"));
    }

    [Test]
    public void Users_who_give_up_reach_the_requests_and_change_nothing_else()
    {
        const string Cancellation = """workload.cancellation={"share":0.25,"meanSeconds":2}""";
        var (scenario, faults) = ScenarioText.Read(Populated, Cancellation, "workload.requests=4000");
        Assert.That(faults, Is.Empty);
        Assert.That(scenario.Workload.Cancellation, Is.EqualTo(new CancellationOptions(0.25, 2)));
        var (requests, patient) = (List(scenario), List(ScenarioText.Read(Populated, "workload.requests=4000").Scenario));
        var patience = requests.Where(static request => request.CancelsAt is not null).Select(static request => (request.CancelsAt!.Value - request.ArrivesAt).TotalSeconds).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(patient.Select(static request => request.CancelsAt), Is.All.Null);
            Assert.That(requests.Select(static request => request with { CancelsAt = null }), Is.EqualTo(patient));
            Assert.That(patience, Has.Length.InRange(900, 1100).And.All.Positive);
            Assert.That(patience.Average(), Is.EqualTo(2).Within(0.2));
            Assert.That(List(scenario), Is.EqualTo(requests), "the same again");
        }

        // Masks are told apart by what they are, not by what they cover: one for all.
        static List<Request> List(Scenario scenario)
        {
            var (source, requests) = (ScenarioWorkload.Stream(scenario, Grid, [], scenario.Seed, maskShapes: false), new List<Request>());
            while (source.TryNext(out var request))
            {
                requests.Add(request with { Mask = Any });
            }

            return requests;
        }
    }

    [Test]
    public void A_trace_is_replayed_from_the_scenarios_folder()
    {
        var folder = Directory.CreateTempSubdirectory("simserve-trace-");
        try
        {
            var rows = Enumerable.Range(0, 10).Select(static number => new TraceRequest
            {
                Id = number,
                ArrivesAt = Instant.FromSeconds(number),
                Template = number,
                MaskRatio = 0.5,
                Steps = 8,
                Seed = 1,
                Loras = ["style"],
                Tenant = "shop",
            });
            TraceWriter.Write(Path.Combine(folder.FullName, "trace.parquet"), "test", rows);
            var file = Path.Combine(folder.FullName, "scenario.json");
            File.WriteAllText(file, """
                { "fleet": { "workers": 2, "linkBytesPerSecond": 2.5e8 },
                  "workload": { "trace": { "file": "trace.parquet", "fromSeconds": 2, "untilSeconds": 8, "first": 3, "timeScale": 0.5 },
                                "cancellation": { "share": 1, "meanSeconds": 3 } } }
                """);
            var faults = new List<InputFault>();
            var scenario = new ScenarioReader(["flux-nano"]).Read(file, [], faults);
            Assert.That(faults, Is.Empty);
            var requests = ScenarioWorkload.Build(scenario, Grid, []);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(requests.Select(static request => request.ArrivesAt.TotalSeconds), Is.EqualTo(new[] { 0, 0.5, 1 }));
                Assert.That(requests.Select(static request => request.Template.Value), Is.EqualTo(new[] { 2, 3, 4 }));
                Assert.That(requests, Has.All.Matches<Request>(static request => request.CancelsAt > request.ArrivesAt));
                Assert.That(requests.Select(static request => request.Adapters), Is.All.EqualTo(new AdapterSet([], [0])));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestCase("classes=[{\"name\":\"a\"},{\"name\":\"a\"}]", "classes[1].name: found \"a\" again; allowed: a name for each class. Rename one of the two.")]
    [TestCase("classes=[{\"name\":\"a\",\"objectiveSeconds\":0}]", "classes[0].objectiveSeconds: found 0; allowed: a number from 0.001 to 1e9. Write a number in that range, without quotes.")]
    [TestCase("classes=[{\"name\":\"a\",\"masks\":\"prod\"}]", "classes[0].masks: found \"prod\"; allowed: production, adetailer, inpaint, constant:x, uniform:a..b. Use one of those, with 0 < x <= 1 and 0 <= a < b <= 1.")]
    [TestCase("workload.closedLoop={\"users\":1}", "workload.closedLoop.thinkSeconds: found nothing; allowed: a number from 0 to 1e9. Add the key.")]
    [TestCase("workload.cancellation={\"share\":0.1}", "workload.cancellation.meanSeconds: found nothing; allowed: a number from 0.000001 to 1e9. Add the key.")]
    [TestCase("workload.cancellation={\"share\":1.5,\"meanSeconds\":2}", "workload.cancellation.share: found 1.5; allowed: a number from 0 to 1. Write a number in that range, without quotes.")]
    [TestCase("workload.cancellation={\"share\":1,\"meanSeconds\":0}", "workload.cancellation.meanSeconds: found 0; allowed: a number from 0.000001 to 1e9. Write a number in that range, without quotes.")]
    [TestCase("workload.cancellation={\"share\":1,\"meanSeconds\":2,\"mean\":2}", "workload.cancellation.mean: found an unknown key; allowed: meanSeconds, share. Use one of those.")]
    [TestCase("workload.trace={\"file\":\"gone.csv\"}", "workload.trace.file: found \"gone.csv\", which is not there; allowed: a trace. Check the path: it starts at the scenario's folder.")]
    [TestCase("workload.trace={\"file\":\"trace.csv\",\"fromSeconds\":5,\"untilSeconds\":5}", "workload.trace.untilSeconds: found 5; allowed: more than fromSeconds, 5. Raise it.")]
    [TestCase("workload.templates=3", "workload.templates: found 3; allowed: nothing beside a list of templates. Remove one of the two: the list says how many there are.")]
    public void A_fault_is_named_once(string setting, string message) =>
        Assert.That(ScenarioText.FaultsOf(ScenarioText.Small, setting), Is.EqualTo(new[] { message }));

    [Test]
    public void Ways_to_arrive_exclude_each_other() =>
        Assert.That(
            ScenarioText.Read(
                ScenarioText.Small, "workload.closedLoop={\"users\":1,\"thinkSeconds\":1}", "workload.trace={\"file\":\"trace.csv\"}", "workload.arrivals={\"kind\":\"constant\"}")
                .Faults.Select(static fault => fault.Key),
            Is.EquivalentTo(new[] { "workload.closedLoop", "workload.arrivals" }));

    [Test]
    public void The_names_of_the_schema_are_those_of_the_reader()
    {
        var workload = ScenarioText.Schema()["properties"]!["workload"]!["properties"]!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Enum(workload["trace"]!["properties"]!["format"]!), Is.EqualTo(TraceFormats.Names));
            Assert.That(Enum(workload["adapters"]!), Is.EqualTo(AdapterPopulations.Names));
        }

        static IEnumerable<string> Enum(System.Text.Json.Nodes.JsonNode property) => property["enum"]!.AsArray().Select(static name => (string)name!);
    }

    [Test]
    public void A_scenario_without_populations_leaves_none_behind()
    {
        var text = JsonSerializer.Serialize(ScenarioText.Read(ScenarioText.Small).Scenario.Workload, JsonSerializerOptions.Web);
        Assert.That(text, Does.Not.Contain("enants").And.Not.Contain("dapters").And.Not.Contain("closedLoop").And.Not.Contain("trace").And.Not.Contain("ancellation"));
        Assert.That(ScenarioText.Show(ScenarioText.Read(ScenarioText.Small).Scenario), Does.Not.Contain("Classes"));
    }
}
