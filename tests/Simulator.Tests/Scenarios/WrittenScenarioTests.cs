using System.Text.Json;
using System.Text.Json.Nodes;
using SimServe.Policies;
using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Tests.Scenarios;

/// <summary>What a scenario that was read leaves behind as JSON.</summary>
public sealed class WrittenScenarioTests
{
    private const string Faults =
        """
        [{"kind":"lost-worker","atSeconds":1,"worker":0},
         {"kind":"spot-preemption","atSeconds":1.5,"worker":1,"noticeSeconds":30},
         {"kind":"slow-worker","atSeconds":2,"worker":1,"forSeconds":10,"factor":3},
         {"kind":"link-brownout","atSeconds":3,"worker":0,"forSeconds":0.25,"share":0.5},
         {"kind":"lost-cache-host","atSeconds":4,"host":0},
         {"kind":"lost-controlnet-device","atSeconds":5,"device":1}]
        """;

    [Test]
    public void Faults_are_written_with_the_keys_that_they_are_read_with()
    {
        var (scenario, faults) = ScenarioText.Read(ScenarioText.Small, """fleet={"pools":[{"device":"H100","workers":2}],"controlNets":{"devices":2}}""", $"faults={Faults}");
        var written = Write(scenario)["faults"];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(faults, Is.Empty);
            Assert.That(scenario.Faults.Select(static fault => fault.GetType()).Distinct().Count(), Is.EqualTo(FaultReader.Kinds.Count));
            Assert.That(JsonNode.DeepEquals(written, JsonNode.Parse(Faults)), written?.ToJsonString());
        }
    }

    [Test]
    public void A_fleet_is_written_with_what_was_asked_for_and_no_more()
    {
        string[] counted = ["workers", "linkBytesPerSecond", "warmTemplates"];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(KeysOfFleet(), Is.EquivalentTo(counted));
            Assert.That(KeysOfFleet("fleet.host={}", "fleet.adapters={}", "fleet.cpu={}"), Is.EquivalentTo(counted), "all at their defaults");
            Assert.That(
                KeysOfFleet("fleet.host.cacheHosts=2", "fleet.adapters.hostBytes=1", "fleet.cpu.processes=2", "fleet.cpu.assemblySeconds=0.001"),
                Is.EquivalentTo([.. counted, "host", "adapters", "cpu", "assembly"]));
            Assert.That(KeysOfFleet("""fleet={"pools":[{"device":"H100","workers":2}]}"""), Is.EquivalentTo([.. counted, "pools"]));
        }
    }

    [Test]
    public void What_cached_rows_are_is_written_as_it_is_read()
    {
        var (scenario, faults) = ScenarioText.Read(ScenarioText.Small, "cache.variant=keys-values", "cache.numbers=int8");
        var written = Write(scenario);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(faults, Is.Empty);
            Assert.That(scenario.Cache, Is.EqualTo(new CacheFormat(CacheVariant.KeysValues, CacheNumbers.Int8)));
            Assert.That(written["cache"]!.ToJsonString(), Is.EqualTo("""{"variant":"keys-values","numbers":"int8"}"""));
            Assert.That(Write(ScenarioText.Read(ScenarioText.Small).Scenario)["cache"]!.ToJsonString(), Is.EqualTo("""{"variant":"block-input","numbers":"model"}"""), "what was resolved is shown");
        }
    }

    private static IEnumerable<string> KeysOfFleet(params string[] settings) =>
        Write(ScenarioText.Read(ScenarioText.Small, settings).Scenario)["fleet"]!.AsObject().Select(static property => property.Key);

    private static JsonNode Write(Scenario scenario) => JsonNode.Parse(JsonSerializer.Serialize(scenario, JsonSerializerOptions.Web))!;
}
