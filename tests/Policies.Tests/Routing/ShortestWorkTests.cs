using SimServe.Policies.Pipelines;
using SimServe.Policies.Routing;
using static SimServe.Policies.Tests.Routing.RoutingFixture;

namespace SimServe.Policies.Tests.Routing;

public sealed class ShortestWorkTests
{
    private static readonly StepPlanner[] Same = [.. Enumerable.Repeat(Planners(1)[0], 2)];

    [Test]
    public void Many_requests_that_are_nearly_done_are_less_work_than_one_that_begins() => Expect(1, View(0, 1, (400, 20)), View(1, 3, (400, 1), (400, 2), (400, 1)));

    [Test]
    public void A_slow_worker_has_more_to_do_with_the_same_requests() =>
        Assert.That(
            new ShortestWork(Planners(2), MaxBatchSize).Choose(Request(1), new FleetView(View(1, 1, (400, 9)), View(0, 1, (400, 9))), default),
            Is.EqualTo(1));

    [Test]
    public void Work_is_steps_times_the_share_of_a_step_batch_by_batch()
    {
        // Six requests in batches of four: 4 x 10 steps at a quarter of a step each, then 2 x 8 at a half. A lone request of as many tokens that takes one tick less
        // is less work; one of exactly that much comes second.
        var first = 10 * Same[0].StepTime(4, 2000);
        var second = 8 * Same[0].StepTime(2, 600);
        var backlog = View(0, 4, (500, 10), (500, 10), (500, 10), (500, 10), (300, 8), (300, 8));
        var steps = (first + second) / Same[0].StepTime(1, 700);
        Expect(0, backlog, View(1, 1, (700, (int)Math.Ceiling(steps))));
        Expect(1, backlog, View(1, 1, (700, (int)Math.Floor(steps))));
    }

    [Test]
    public void What_has_been_done_since_the_view_was_true_is_taken_off()
    {
        var now = Instant.Start + (5 * Same[0].StepTime(1, 400));
        Expect(1, now, View(0, 1, (400, 9)) with { AsOf = now }, View(1, 1, (400, 10)));
        Expect(0, now, View(0, 1, (400, 4)) with { AsOf = now }, View(1, 1, (400, 10)));
    }

    [Test]
    public void A_worker_that_is_late_has_done_no_more_than_its_next_departure() =>
        Expect(0, Instant.FromSeconds(100), View(0, 0), View(1, 1, (400, 1), (400, 1)));

    private static void Expect(int chosen, params IWorkerView[] workers) => Expect(chosen, default, workers);

    private static void Expect(int chosen, Instant now, params IWorkerView[] workers) =>
        Assert.That(new ShortestWork(Same, MaxBatchSize).Choose(Request(1), new FleetView(workers), now), Is.EqualTo(chosen));
}
