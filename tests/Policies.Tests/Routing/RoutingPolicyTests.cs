using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Routing;

namespace SimServe.Policies.Tests.Routing;

public sealed class RoutingPolicyTests
{
    private static readonly ModelShape Model = ModelShapeTests.Flux(doubles: 2, singles: 2);

    private static readonly StepPlanner[] Planners =
        [.. Enumerable.Range(0, 3).Select(static _ => new StepPlanner(Model, new LinearCostModel(), new OptimalPipeline()))];

    private static IEnumerable<TestCaseData> Policies() => PolicyCatalogue.Routing.Select(static name => new TestCaseData(
        (Func<IRoutingPolicy>)(() => PolicyCatalogue.CreateRouting(new PolicyOptions { Routing = name }, Planners))).SetArgDisplayNames(name));

    [TestCaseSource(nameof(Policies))]
    public void The_choice_is_one_of_the_workers_and_repeatable(Func<IRoutingPolicy> create)
    {
        var (first, second) = (create(), create());
        var stream = new RandomStream(5, "views");
        for (var i = 0; i < 200; i++)
        {
            FleetView workers = new([.. Enumerable.Range(0, 3).Select(worker => View(worker, stream.Next(4), stream.Next(4), stream))]);
            var chosen = first.Choose(Request(stream.Next(1, 4096)), workers, default);
            Assert.That(chosen, Is.InRange(0, 2));
            Assert.That(second.Choose(Request(1 + (i % 100)), workers, default), Is.InRange(0, 2));
        }
    }

    [TestCaseSource(nameof(Policies))]
    public void Same_inputs_give_the_same_decisions(Func<IRoutingPolicy> create)
    {
        int[] Decide()
        {
            var (policy, stream) = (create(), new RandomStream(6, "views"));
            return [.. Enumerable.Range(0, 100).Select(_ =>
            {
                FleetView workers = new([.. Enumerable.Range(0, 3).Select(worker => View(worker, stream.Next(4), stream.Next(4), stream))]);
                return policy.Choose(Request(stream.Next(1, 4096)), workers, default);
            })];
        }

        Assert.That(Decide(), Is.EqualTo(Decide()));
    }

    [Test]
    public void Round_robin_takes_turns()
    {
        FleetView workers = new([View(0, 0), View(1, 0), View(2, 0)]);
        var policy = new RoundRobin();
        Assert.That(Enumerable.Range(0, 6).Select(_ => policy.Choose(Request(1), workers, default)), Is.EqualTo(new[] { 0, 1, 2, 0, 1, 2 }));
    }

    [Test]
    public void Least_requests_counts_those_that_wait()
    {
        FleetView workers = new([View(0, 1, (10, 8), (10, 8)), View(1, 1, (10, 8)), View(2, 0, (10, 8))]);
        Assert.That(new LeastRequests().Choose(Request(1), workers, default), Is.EqualTo(1));
    }

    [Test]
    public void Mask_aware_prefers_two_small_edits_to_one_of_everything()
    {
        FleetView workers = new([View(0, 1, (4096, 20)), View(1, 2, (100, 20), (100, 20))]);
        Assert.That(new LeastRequests().Choose(Request(400), workers, default), Is.Zero);
        Assert.That(new MaskAware(Planners, 8).Choose(Request(400), workers, default), Is.EqualTo(1));
    }

    [Test]
    public void Mask_aware_sees_remaining_steps()
    {
        FleetView workers = new([View(0, 1, (2000, 19)), View(1, 1, (2000, 1))]);
        Assert.That(new MaskAware(Planners, 8).Choose(Request(400), workers, default), Is.EqualTo(1));
    }

    [Test]
    public void Mask_aware_prediction_of_a_lone_request_is_its_steps_times_the_step()
    {
        var request = Request(400);
        Assert.That(
            new MaskAware(Planners, 8).PredictFinish(request, View(0, 0)), Is.EqualTo(request.Steps * Planners[0].StepTime(1, 400)));
    }

    [Test]
    public void Mask_aware_prediction_queues_behind_a_full_batch()
    {
        // A batch of one: the arrival starts when the running request has taken its 5 remaining steps.
        var request = Request(400);
        Assert.That(
            new MaskAware(Planners, 1).PredictFinish(request, View(0, 1, (300, 5))),
            Is.EqualTo((5 * Planners[0].StepTime(1, 300)) + (request.Steps * Planners[0].StepTime(1, 400))));
    }

    private static Request Request(int maskedTokens) => new()
    {
        Id = default,
        ArrivesAt = default,
        Template = default,
        Mask = EditMask.FromTokens(Model.Grid, [.. Enumerable.Range(0, maskedTokens)]),
        Steps = 20,
        Prompt = "",
        Seed = 0,
    };

    private static WorkerSnapshot View(int worker, int running, params (int Tokens, int Steps)[] requests) => new(
        new WorkerId(worker), running, [.. requests.Select(static request => new OutstandingRequest(default, request.Tokens, request.Steps))]);

    private static WorkerSnapshot View(int worker, int running, int waiting, RandomStream stream) => new(
        new WorkerId(worker),
        running,
        [.. Enumerable.Range(0, running + waiting).Select(_ => new OutstandingRequest(default, stream.Next(1, 4096), stream.Next(1, 20)))]);

    private sealed class LinearCostModel : ICostModel
    {
        public TimeSpan Encode => TimeSpan.FromMilliseconds(1);

        public TimeSpan Decode => TimeSpan.FromMilliseconds(1);

        public TimeSpan Compute(BlockKind kind, in Work work) => Duration.FromSeconds(1e-5 + (work.Flops / 4e14));

        public TimeSpan Load(long bytes) => Duration.FromSeconds(bytes / 25e9);

        public TimeSpan StepOverhead(int members) => TimeSpan.FromMilliseconds(1);

        public TimeSpan Record(int steps) => TimeSpan.FromSeconds(1);
    }
}
