using SimServe.Policies;
using SimServe.Simulator.Planning;
using SimServe.Simulator.Tests.Devices;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Planning;

/// <summary>What fleets are compared on.</summary>
public sealed class PlanWorkloadTests
{
    private static readonly WorkloadOptions Options = new()
    {
        Requests = 300, RequestsPerSecond = 3, Steps = 7, Templates = 9, TemplateZipfExponent = 0.8, Arrivals = new GammaPattern(2),
    };

    [Test]
    public void Requests_are_those_of_a_scenario_with_that_seed_but_for_the_masks_shapes()
    {
        var workload = new PlanWorkload(Options, TestWorkload.Grid, 3);
        var built = new WorkloadBuilder(Options, TestWorkload.Grid).Build(workload.SeedOf(5));
        Assert.That(workload.Of(5, 1).Select(Properties), Is.EqualTo(built.Select(Properties)));
    }

    [Test]
    public void Another_load_moves_arrivals_and_nothing_else()
    {
        var workload = new PlanWorkload(Options, TestWorkload.Grid, 3);
        var (one, two) = (workload.Of(0, 1), workload.Of(0, 2));
        var built = new WorkloadBuilder(Options with { RequestsPerSecond = 6 }, TestWorkload.Grid).Build(workload.SeedOf(0));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(two.Select(static request => request.Mask), Is.EqualTo(one.Select(static request => request.Mask)));
            Assert.That(two.Select(static request => request.ArrivesAt), Is.EqualTo(built.Select(static request => request.ArrivesAt)));
        }
    }

    private static (Instant, TemplateId, int, int) Properties(Request request) => (request.ArrivesAt, request.Template, request.Mask.MaskedTokens, request.Steps);
}
