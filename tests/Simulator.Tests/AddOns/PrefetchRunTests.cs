using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Tests.Scenarios;

namespace SimServe.Simulator.Tests.AddOns;

/// <summary>Adapters that are fetched ahead of requests. In the fixture an adapter takes 35 ms to load, merging a LoRA 3 and taking one out 2; requests go to workers in turn.</summary>
public sealed class PrefetchRunTests
{
    [Test]
    public void What_another_worker_used_is_there_when_it_is_asked_for()
    {
        // Two LoRAs change places at two workers.
        Request[] requests = [Lora(0, 0, 1), Lora(1, 10, 2), Lora(2, 500, 2), Lora(3, 510, 1), Lora(4, 1000, 1), Lora(5, 1010, 2)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Waits(requests, NoPrefetch.Name), Is.EqualTo(new[] { 38.0, 38, 40, 40, 5, 5 }), "each worker keeps what it has had");
            Assert.That(Waits(requests, PopularAdapters.Name), Is.EqualTo(new[] { 38.0, 38, 5, 5, 5, 5 }));
        }
    }

    [Test]
    public void ControlNets_come_ahead_too_where_workers_run_them()
    {
        Request[] requests = [Net(0, 0, 1), Net(1, 10, 2), Net(2, 500, 2), Net(3, 510, 1)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Waits(requests, NoPrefetch.Name), Is.EqualTo(new[] { 35.0, 35, 35, 35 }));
            Assert.That(Waits(requests, PopularAdapters.Name), Is.EqualTo(new[] { 35.0, 35, 0, 0 }));
        }
    }

    [Test]
    public void Where_memory_holds_one_the_more_popular_one_stays()
    {
        // At the first worker LoRA 1 is used three times, LoRA 2 in between: when that has left, LoRA 1 comes back by itself.
        Request[] requests = [Lora(0, 0, 1), Lora(1, 300, 1), Lora(2, 600, 2), Lora(3, 900, 1)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Waits(requests, NoPrefetch.Name, workers: 1, loraBytes: 1000), Is.EqualTo(new[] { 38.0, 0, 40, 40 }));
            Assert.That(Waits(requests, PopularAdapters.Name, workers: 1, loraBytes: 1000), Is.EqualTo(new[] { 38.0, 0, 40, 5 }));
        }
    }

    [Test]
    public void A_scenario_asks_for_it_in_both_worlds()
    {
        var (scenario, faults) = ScenarioText.Read(ScenarioText.Small, "policies.addOns.prefetch=popular", "policies.addOns.prefetchHalfLifeSeconds=60");
        var folder = Directory.CreateTempSubdirectory("simserve-prefetch");
        try
        {
            var file = Path.Combine(folder.FullName, "small.json");
            File.WriteAllText(file, ScenarioText.Small.Replace("template.png", "small.json", StringComparison.Ordinal));
            var found = new List<InputFault>();
            var real = new ScenarioReader(["flux-nano"]).Read(file, ["policies.addOns.prefetch=popular", "baseline.addOns.prefetch=none"], found);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(faults, Is.Empty);
                Assert.That((scenario.Policies.AddOns.Prefetch, scenario.Policies.AddOns.PrefetchHalfLife), Is.EqualTo(("popular", TimeSpan.FromMinutes(1))));
                Assert.That(found, Is.Empty);
                Assert.That(real?.Policies.AddOns.Prefetch, Is.EqualTo("popular"));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Request Lora(int id, double milliseconds, int lora) => AddOnFixture.Request(id, milliseconds, [], [lora]);

    private static Request Net(int id, double milliseconds, int controlNet) => AddOnFixture.Request(id, milliseconds, [controlNet], []);

    // For adapters, in milliseconds.
    private static double[] Waits(Request[] requests, string prefetch, int workers = 2, long loraBytes = 10_000)
    {
        var simulation = AddOnFixture.Simulation(requests, new AddOnOptions { Prefetch = prefetch }, workers);
        simulation = simulation with { Fleet = simulation.Fleet with { Adapters = simulation.Fleet.Adapters with { LoraDeviceBytes = loraBytes } } };
        return [.. simulation.Run().Serving.Records.OrderBy(static record => record.Request.Id.Value).Select(static record => Math.Round(record.AdapterWait.TotalMilliseconds, 3))];
    }
}
