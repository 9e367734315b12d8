using SimServe.Policies.Routing;
using static SimServe.Policies.Tests.Routing.RoutingFixture;

namespace SimServe.Policies.Tests.Routing;

public sealed class AffinityTests
{
    private static readonly LoadBound Bound = new() { Factor = 1.5 };

    [TestCase(0, 1)]
    [TestCase(1, 2)]
    [TestCase(3, 5)]
    [TestCase(9, 14)]
    public void The_bound_is_the_factor_of_the_least_load_with_the_arrival_rounded_up(int least, int most) =>
        Assert.That(Bound.Most(least), Is.EqualTo(most));

    [Test]
    public void A_factor_of_one_leaves_only_the_least_loaded() => Assert.That(new LoadBound { Factor = 1 }.Most(7), Is.EqualTo(7));

    [TestCase(0.99)]
    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void A_factor_out_of_range_is_refused(double factor) =>
        Assert.That(() => new LoadBound { Factor = factor }, Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void A_template_is_worth_a_queue_up_to_the_bound()
    {
        var policy = new TemplateAffinity(Bound);
        Assert.That(policy.Choose(Request(1), Fleet((0, false), (2, true), (1, true)), default), Is.EqualTo(2), "1 beside 0 is within the bound");
        Assert.That(policy.Choose(Request(1), Fleet((0, false), (2, true), (2, true)), default), Is.Zero, "2 beside 0 is not");
        Assert.That(policy.Choose(Request(1), Fleet((3, false), (5, true), (5, true)), default), Is.EqualTo(1), "the first of equals");
    }

    [Test]
    public void A_template_that_nobody_holds_goes_to_the_least_loaded() =>
        Assert.That(new TemplateAffinity(Bound).Choose(Request(1), Fleet((2, false), (1, false), (1, false)), default), Is.EqualTo(1));

    [Test]
    public void Of_workers_within_the_bound_the_one_that_lacks_fewest_adapters_is_chosen()
    {
        var request = Request(1) with { Adapters = new AdapterSet([1], [2, 3]) };
        var policy = new AdapterAffinity(Bound);
        Assert.That(policy.Choose(request, Lacking((0, 3), (1, 1), (1, 2), (2, 0)), default), Is.EqualTo(1), "worker 3 exceeds the bound");
        Assert.That(policy.Choose(request, Lacking((1, 2), (0, 2), (0, 2)), default), Is.EqualTo(1), "equal lacks: fewest requests, then the first");
    }

    [Test]
    public void A_request_without_adapters_goes_to_the_least_loaded() =>
        Assert.That(new AdapterAffinity(Bound).Choose(Request(1), Lacking((1, 0), (0, 3)), default), Is.EqualTo(1));

    [Test]
    public void No_affinity_ever_exceeds_its_bound()
    {
        IRoutingPolicy[] policies = [new TemplateAffinity(Bound), new AdapterAffinity(Bound)];
        var stream = new RandomStream(1, "fleets");
        for (var i = 0; i < 1_000; i++)
        {
            var request = RandomRequest(stream);
            var fleet = new FleetView([.. Enumerable.Range(0, 6).Select(worker => RandomView(worker, Instant.FromSeconds(9), stream))]);
            foreach (var policy in policies)
            {
                Assert.That(
                    fleet.Requests(policy.Choose(request, fleet, default)), Is.LessThanOrEqualTo(Bound.Most(fleet.Requests(fleet.FewestRequests()))));
            }
        }
    }

    private static FleetView Fleet(params (int Requests, bool Holds)[] workers) => new(
        [.. workers.Select(static (worker, i) => View(i, 0, [.. Enumerable.Repeat((1, 1), worker.Requests)]) with { HoldsTemplate = worker.Holds })]);

    private static FleetView Lacking(params (int Requests, int Lacks)[] workers) => new(
        [.. workers.Select(static (worker, i) => View(i, 0, [.. Enumerable.Repeat((1, 1), worker.Requests)]) with { AdaptersMissing = worker.Lacks })]);
}
