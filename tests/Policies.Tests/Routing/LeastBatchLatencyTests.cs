using SimServe.Policies.Pipelines;
using SimServe.Policies.Routing;
using static SimServe.Policies.Tests.Routing.RoutingFixture;

namespace SimServe.Policies.Tests.Routing;

/// <summary>FlashPS's Algorithm 2, with what it sees and what it does not.</summary>
public sealed class LeastBatchLatencyTests
{
    private static readonly StepPlanner[] Same = [.. Enumerable.Repeat(Planners(1)[0], 3)];

    [Test]
    public void The_batch_whose_step_stays_shortest_takes_the_arrival() => Expect(1, View(0, 1, (3000, 5)), View(1, 2, (500, 5), (500, 5)), View(2, 1, (2500, 5)));

    [Test]
    public void Steps_that_are_left_do_not_count() => Expect(1, View(0, 1, (901, 1)), View(1, 1, (900, 50)));

    [Test]
    public void A_full_batch_is_no_candidate_however_small_its_masks() => Expect(1, View(0, 4, (1, 1), (1, 1), (1, 1), (1, 1)), View(1, 1, (4000, 20)));

    [Test]
    public void Who_waits_takes_room() => Expect(1, View(0, 2, (1, 1), (1, 1), (1, 1), (1, 1)), View(1, 1, (4000, 20)));

    [Test]
    public void Without_room_anywhere_the_fewest_requests_decide() => Expect(
        1, View(0, 4, (1, 1), (1, 1), (1, 1), (1, 1), (1, 1)), View(1, 4, (4000, 20), (4000, 20), (4000, 20), (4000, 20)));

    [Test]
    public void A_faster_worker_is_cheaper_with_the_same_batch() => Assert.That(
        new LeastBatchLatency(Planners(2), MaxBatchSize).Choose(Request(400), new FleetView(View(1, 1, (400, 9)), View(0, 1, (400, 9))), default), Is.EqualTo(1));

    [Test]
    public void A_batch_of_another_size_of_images_has_no_room()
    {
        var small = new TokenGrid(8, 8, Model.Grid.PatchPixels);
        var planner = new StepPlanner(Model with { Resize = grid => Model with { Grid = grid } }, new LinearCostModel(), new OptimalPipeline());
        var other = new WorkerSnapshot(new WorkerId(0), 1, [new OutstandingRequest(default, 1, 1, small)]);
        var chosen = new LeastBatchLatency([planner, planner], MaxBatchSize).Choose(Request(300), new FleetView(other, View(1, 3, (4000, 20), (4000, 20), (4000, 20))), default);
        Assert.That(chosen, Is.EqualTo(1));
    }

    [Test]
    public void It_is_the_argmin_over_fleets_drawn_at_random()
    {
        var (policy, planners, stream) = (new LeastBatchLatency(Planners(7), MaxBatchSize), Planners(7), new RandomStream(4, "views"));
        for (var i = 0; i < 500; i++)
        {
            var (request, fleet) = (RandomRequest(stream), new FleetView([.. Enumerable.Range(0, 7).Select(worker => RandomView(worker, Instant.FromSeconds(1), stream))]));
            var room = Enumerable.Range(0, fleet.Count).Where(index => fleet.Requests(index) < MaxBatchSize).ToArray();
            var expected = room.Length == 0 ? fleet.FewestRequests() : room.MinBy(index =>
            {
                var worker = fleet[index];
                var all = Enumerable.Range(0, worker.Running + worker.Waiting).Select(worker.Outstanding).ToArray();
                return planners[worker.Id.Value].StepTime(all.Length + 1, all.Sum(static item => item.MaskedTokens) + request.Mask.MaskedTokens);
            });
            Assert.That(policy.Choose(request, fleet, default), Is.EqualTo(expected));
        }
    }

    private static void Expect(int chosen, params IWorkerView[] workers) =>
        Assert.That(new LeastBatchLatency(Same, MaxBatchSize).Choose(Request(300), new FleetView(workers), default), Is.EqualTo(chosen));
}
