using SimServe.GpuBackend.Models;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Catalogue;

namespace SimServe.Cli.Tests.Planning;

/// <summary>The catalogue's efficiencies, fitted to published latencies of the published models.</summary>
public sealed class CatalogueCostsTests
{
    private static readonly CatalogueCosts Costs = new(static (model, side) => PublishedModels.Names.Contains(model) ? PublishedModels.Find(model).ToShape(side, side) : null);

    private static IEnumerable<DeviceEntry> Measured => DeviceCatalogue.All.Where(static device => device.Anchor is not null);

    [Test]
    public void A_fitted_model_reproduces_its_own_number()
    {
        foreach (var device in Measured)
        {
            // Each step's blocks are rounded to 100 ns.
            Assert.That(Costs.Predict(device, device.Anchor!), Is.EqualTo(device.Anchor!.Seconds).Within(device.Anchor.Steps * 60 * 1e-7), device.Name);
            var (share, provenance) = Costs.Efficiency(device);
            Assert.That(provenance.Kind, Is.EqualTo(Provenance.Published), device.Name);
            Assert.That(share, Is.InRange(0.05, 1), device.Name);
        }
    }

    [Test]
    public void Every_published_latency_is_of_a_published_model() => Assert.That(
        DeviceCatalogue.All.SelectMany(static device => device.Checks).Concat(Measured.Select(static device => device.Anchor!)).Select(static latency => latency.Model).Distinct(),
        Is.SubsetOf(PublishedModels.Names));

    [Test]
    public void The_models_of_the_plan_schema_are_the_published_ones()
    {
        var schema = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Repository.PathOf("experiments/plan.schema.json")))!;
        Assert.That(schema["properties"]!["model"]!["enum"]!.AsArray().Select(static name => (string)name!), Is.EqualTo(PublishedModels.Names));
    }
}
