using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SimServe.Policies;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Scenarios;

/// <summary>What the reader and the schema make of <c>workload.arrivals</c>.</summary>
public sealed class ScenarioArrivalsTests
{
    private static readonly string[] Valid =
    [
        """{"kind":"poisson"}""",
        """{"kind":"constant"}""",
        """{"kind":"gamma","coefficientOfVariation":3}""",
        """{"kind":"weibull","coefficientOfVariation":0.5}""",
        """{"kind":"piecewise","pieces":[{"seconds":10,"multiplier":0},{"seconds":5,"multiplier":2}]}""",
        """{"kind":"diurnal","relativeAmplitude":0.8,"periodSeconds":86400}""",
        """{"kind":"spikes","spikes":[{"atSeconds":0.1,"seconds":0.2,"multiplier":4},{"atSeconds":0.3,"seconds":1,"multiplier":0.5}]}""",
        """{"kind":"markov-modulated","states":[{"multiplier":0.2,"meanSojournSeconds":20},{"multiplier":4,"meanSojournSeconds":5}]}""",
    ];

    [TestCaseSource(nameof(Valid))]
    public void Every_kind_is_read_and_leaves_the_same_text_behind(string arrivals)
    {
        var (scenario, faults) = ScenarioText.Read(ScenarioText.Small, $"workload.arrivals={arrivals}");
        var written = JsonNode.Parse(JsonSerializer.Serialize(scenario.Workload, JsonSerializerOptions.Web));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(faults, Is.Empty);
            Assert.That(JsonNode.DeepEquals(written!["arrivals"], JsonNode.Parse(arrivals)), written["arrivals"]!.ToJsonString());
            Assert.That(() => ScenarioWorkload.Build(scenario, new TokenGrid(16, 16, 8), []), Throws.Nothing);
        }
    }

    [Test]
    public void Missing_arrivals_are_Poisson_and_leave_nothing_behind()
    {
        var silent = ScenarioText.Read(ScenarioText.Small).Scenario;
        var poisson = ScenarioText.Read(ScenarioText.Small, """workload.arrivals={"kind":"poisson"}""").Scenario;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ScenarioText.Show(silent), Does.Not.Contain("rrivals"));
            Assert.That(Times(silent), Is.EqualTo(Times(poisson)));
        }

        static IEnumerable<Instant> Times(Scenario scenario) =>
            ScenarioWorkload.Build(scenario, new TokenGrid(16, 16, 8), []).Select(static request => request.ArrivesAt);
    }

    [TestCase("5", "workload.arrivals: found 5; allowed: an object { ... }. Write its keys and values between braces.")]
    [TestCase("{}", "workload.arrivals.kind: found nothing; allowed: \"poisson\", \"constant\", \"gamma\", \"weibull\", \"piecewise\", \"diurnal\", \"spikes\", \"markov-modulated\". Add the key.")]
    [TestCase("""{"kind":"gama","coefficientOfVariation":3}""", "workload.arrivals.kind: found \"gama\"; allowed: \"poisson\", \"constant\", \"gamma\", \"weibull\", \"piecewise\", \"diurnal\", \"spikes\", \"markov-modulated\". Did you mean \"gamma\"?")]
    [TestCase("""{"kind":"gamma"}""", "workload.arrivals.coefficientOfVariation: found nothing; allowed: a number from 0.01 to 10. Add the key.")]
    [TestCase("""{"kind":"constant","coefficientOfVariation":3}""", "workload.arrivals.coefficientOfVariation: found an unknown key; allowed: kind. Use one of those.")]
    [TestCase("""{"kind":"piecewise","pieces":[]}""", "workload.arrivals.pieces: found []; allowed: a list [ ... ] of at least one. Write a list.")]
    [TestCase("""{"kind":"piecewise","pieces":[{"seconds":9,"multiplier":0}]}""", "workload.arrivals.pieces: found a mean multiplier of 0; allowed: a mean of at least 0.001. Raise a multiplier.")]
    [TestCase("""{"kind":"spikes","spikes":[{"atSeconds":5,"seconds":5,"multiplier":4},{"atSeconds":9,"seconds":1,"multiplier":4}]}""", "workload.arrivals.spikes[1].atSeconds: found 9; allowed: at least 10, the end of the spike before it. Put spikes in order of time and do not let them overlap.")]
    [TestCase("""{"kind":"markov-modulated","states":[{"multiplier":1,"meanSojournSeconds":20}]}""", "workload.arrivals.states: found one state; allowed: a list [ ... ] of at least two. Add a state, or use kind \"poisson\".")]
    [TestCase("""{"kind":"markov-modulated","states":[{"multiplier":0,"meanSojournSeconds":20},{"multiplier":0,"meanSojournSeconds":2}]}""", "workload.arrivals.states: found a mean multiplier of 0; allowed: a mean of at least 0.001. Raise a multiplier.")]
    public void A_fault_is_named_once(string arrivals, string message) =>
        Assert.That(ScenarioText.FaultsOf(ScenarioText.Small, $"workload.arrivals={arrivals}"), Is.EqualTo(new[] { message }));

    [Test]
    public void All_faults_are_told_at_once() =>
        Assert.That(
            ScenarioText.Read(
                ScenarioText.Small,
                """workload.arrivals={"kind":"spikes","spike":1,"spikes":[{"atSeconds":-1,"seconds":0,"multiplier":"x"},{"atSeconds":1,"seconds":1,"multiplier":4,"m":1}]}""",
                "workload.requests=0").Faults.Select(static fault => fault.Key),
            Is.EquivalentTo(new[]
            {
                "workload.requests", "workload.arrivals.spike", "workload.arrivals.spikes[0].atSeconds", "workload.arrivals.spikes[0].seconds",
                "workload.arrivals.spikes[0].multiplier", "workload.arrivals.spikes[1].m",
            }));

    [Test]
    public void The_kinds_of_the_schema_are_those_of_the_reader() =>
        Assert.That(Kinds().Select(NameOf), Is.EqualTo(ArrivalPattern.Kinds));

    [TestCaseSource(nameof(Valid))]
    public void The_keys_of_a_kind_are_those_that_the_reader_asks_for(string arrivals)
    {
        var kind = KindOf(arrivals);
        var (properties, list) = (kind["properties"]!.AsObject(), ListOf(kind));
        var changed = JsonNode.Parse(arrivals)!.AsObject();
        changed["bogus"] = 1;
        if (list is not null)
        {
            changed[list]![0]!["bogus"] = 1;
        }

        var faults = ScenarioText.Read(ScenarioText.Small, $"workload.arrivals={changed.ToJsonString()}").Faults;
        Assert.That(faults, Has.Count.EqualTo(list is null ? 1 : 2));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(faults[^1].Allowed.Split(", "), Is.EquivalentTo(Names(properties)));
            Assert.That(Required(kind), Is.EquivalentTo(Names(properties)), "every key of a kind must be there");
            if (list is not null)
            {
                var items = properties[list]!["items"]!;
                Assert.That(faults[0].Allowed.Split(", "), Is.EquivalentTo(Names(items["properties"]!.AsObject())));
                Assert.That(Required(items), Is.EquivalentTo(Names(items["properties"]!.AsObject())));
            }
        }
    }

    [TestCaseSource(nameof(Valid))]
    public void The_range_of_a_number_of_a_kind_is_that_of_the_reader(string arrivals)
    {
        var kind = KindOf(arrivals);
        var list = ListOf(kind);
        var numbers = (list is null ? kind : kind["properties"]![list]!["items"]!)["properties"]!.AsObject()
            .Where(static property => property.Value!["minimum"] is not null);
        foreach (var (name, schema) in numbers)
        {
            var changed = JsonNode.Parse(arrivals)!.AsObject();
            (list is null ? changed : changed[list]![0]!)[name] = "text";
            var fault = ScenarioText.Read(ScenarioText.Small, $"workload.arrivals={changed.ToJsonString()}").Faults.Single();
            var range = fault.Allowed.Split(' ');
            Assert.That(
                (Number(range[^3]), Number(range[^1])), Is.EqualTo(((double)schema!["minimum"]!, (double)schema["maximum"]!)), fault.Allowed);
        }
    }

    private static IEnumerable<JsonNode> Kinds() =>
        ScenarioText.Schema()["properties"]!["workload"]!["properties"]!["arrivals"]!["oneOf"]!.AsArray().Select(static kind => kind!);

    private static JsonNode KindOf(string arrivals) => Kinds().Single(kind => NameOf(kind) == (string)JsonNode.Parse(arrivals)!["kind"]!);

    private static string NameOf(JsonNode kind) => (string)kind["properties"]!["kind"]!["const"]!;

    private static string? ListOf(JsonNode kind) =>
        kind["properties"]!.AsObject().SingleOrDefault(static property => property.Value!["items"] is not null).Key;

    private static IEnumerable<string> Names(JsonObject properties) => properties.Select(static property => property.Key);

    private static IEnumerable<string> Required(JsonNode schema) => schema["required"]!.AsArray().Select(static key => (string)key!);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
