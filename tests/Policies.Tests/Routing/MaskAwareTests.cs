using SimServe.Policies.Pipelines;
using SimServe.Policies.Routing;
using static SimServe.Policies.Tests.Routing.RoutingFixture;

namespace SimServe.Policies.Tests.Routing;

public sealed class MaskAwareTests
{
    private static readonly StepPlanner[] Same = [.. Enumerable.Repeat(Planners(1)[0], 3)];

    [Test]
    public void Two_small_edits_are_better_company_than_one_of_everything()
    {
        var fleet = new FleetView(View(0, 1, (4096, 20)), View(1, 2, (100, 20), (100, 20)));
        Assert.That(new LeastRequests().Choose(Request(400), fleet, default), Is.Zero);
        Assert.That(new MaskAware(Same, 8).Choose(Request(400), fleet, default), Is.EqualTo(1));
    }

    [Test]
    public void Remaining_steps_count() =>
        Assert.That(
            new MaskAware(Same, 8).Choose(Request(400), new FleetView(View(0, 1, (2000, 19)), View(1, 1, (2000, 1))), default), Is.EqualTo(1));

    [Test]
    public void Of_equal_workers_the_first_is_chosen() =>
        Assert.That(
            new MaskAware(Same, 8).Choose(Request(400), new FleetView(View(0, 1, (300, 9)), View(1, 0), View(2, 0)), default), Is.EqualTo(1));

    [Test]
    public void A_lone_request_takes_its_steps()
    {
        var now = Instant.FromSeconds(3);
        Assert.That(
            new FinishForecast(Same, 8).Finish(Request(400), View(0, 0), now), Is.EqualTo(now + (20 * Same[0].StepTime(1, 400))));
    }

    [Test]
    public void A_full_batch_is_waited_for_from_when_its_steps_began()
    {
        // A batch of one: the arrival starts when the running request has taken its 5 remaining steps, half of one of which is over.
        var step = Same[0].StepTime(1, 300);
        Assert.That(
            new FinishForecast(Same, 1).Finish(Request(400), View(0, 1, (300, 5)), Instant.Start + (step / 2)),
            Is.EqualTo(Instant.Start + (5 * step) + (20 * Same[0].StepTime(1, 400))));
    }

    [Test]
    public void The_rest_of_the_step_under_way_is_waited_for()
    {
        // Two steps are over and half of the third: the arrival shares 7 of the member's 10 steps.
        var step = Same[0].StepTime(1, 300);
        Assert.That(
            new FinishForecast(Same, 8).Finish(Request(400), View(0, 1, (300, 10)), Instant.Start + (2.5 * step)),
            Is.EqualTo(Instant.Start + (3 * step) + (7 * Same[0].StepTime(2, 700)) + (13 * Same[0].StepTime(1, 400))));
    }

    [Test]
    public void A_worker_that_is_late_reaches_its_boundary_now() =>
        Assert.That(
            new FinishForecast(Same, 1).Finish(Request(400), View(0, 1, (300, 5)), Instant.FromSeconds(100)),
            Is.EqualTo(Instant.FromSeconds(100) + (20 * Same[0].StepTime(1, 400))));

    [Test]
    public void Whether_a_time_can_be_met_is_whether_any_worker_meets_it()
    {
        var (forecast, stream) = (new FinishForecast(Planners(5), MaxBatchSize), new RandomStream(4, "due"));
        for (var i = 0; i < 500; i++)
        {
            var (now, request) = (Instant.FromSeconds(10 + i), RandomRequest(stream));
            var fleet = new FleetView([.. Enumerable.Range(0, 5).Select(worker => RandomView(worker, now, stream))]);
            var earliest = forecast.Finish(request, fleet[forecast.Earliest(request, fleet, now)], now);
            Assert.That(forecast.CanFinishBy(request, fleet, now, earliest), Is.True);
            Assert.That(forecast.CanFinishBy(request, fleet, now, earliest - TimeSpan.FromTicks(1)), Is.False);
        }
    }

    [TestCase(FullPipeline.Name)]
    [TestCase(OptimalPipeline.Name)]
    public void The_choice_is_that_of_playing_every_worker_step_by_step(string pipeline)
    {
        const int Workers = 6;
        var planners = Planners(Workers, pipeline);
        var (policy, stream) = (new MaskAware(planners, MaxBatchSize), new RandomStream(8, "fleets"));
        for (var i = 0; i < 3_000; i++)
        {
            var (now, request) = (Instant.FromSeconds(10 + i), RandomRequest(stream));
            var fleet = new FleetView([.. Enumerable.Range(0, Workers).Select(worker => RandomView(worker, now, stream))]);
            Instant[] finishes = [.. Enumerable.Range(0, Workers).Select(worker => PlayStepByStep(planners[worker], fleet[worker], request, now))];
            Assert.That(policy.Choose(request, fleet, now), Is.EqualTo(Array.IndexOf(finishes, finishes.Min())));
            Assert.That(
                new FinishForecast(planners, MaxBatchSize).Finish(request, fleet[i % Workers], now), Is.EqualTo(finishes[i % Workers]));
        }
    }

    [TestCase(6, 5_000)]
    [TestCase(70, 1_000)]
    public void On_live_workers_too(int fleetSize, int decisions)
    {
        var planners = Planners(fleetSize);
        var (policy, stream, now) = (new MaskAware(planners, MaxBatchSize), new RandomStream(9, "life"), Instant.Start);
        LiveWorker[] workers = [.. Enumerable.Range(0, fleetSize).Select(static id => new LiveWorker(id))];
        for (var i = 0; i < decisions; i++)
        {
            // Many decisions see a worker's version again, at another time, before and after its next boundary.
            now += TimeSpan.FromTicks(stream.Next(100_000));
            if (stream.Next(2) == 0)
            {
                workers[stream.Next(fleetSize)].ReachBoundary(stream.Next(1, 5), MaxBatchSize, now);
            }

            var request = RandomRequest(stream);
            Instant[] finishes = [.. workers.Select(worker => PlayStepByStep(planners[worker.Id.Value], worker, request, now))];
            var chosen = policy.Choose(request, new FleetView([.. workers]), now);
            Assert.That(chosen, Is.EqualTo(Array.IndexOf(finishes, finishes.Min())));
            if (stream.Next(4) == 0)
            {
                workers[chosen].Receive(new OutstandingRequest(default, request.Mask.MaskedTokens, request.Steps));
            }
        }
    }

    // The definition, with no regard to time: one step after the other, with lists.
    private static Instant PlayStepByStep(StepPlanner planner, IWorkerView worker, Request request, Instant now)
    {
        TimeSpan Step(List<OutstandingRequest> members) => planner.StepTime(members.Count, members.Sum(static member => member.MaskedTokens));
        List<OutstandingRequest> Later(List<OutstandingRequest> members) =>
            [.. members.Select(static member => member with { RemainingSteps = member.RemainingSteps - 1 }).Where(static member => member.RemainingSteps > 0)];

        var all = Enumerable.Range(0, worker.Running + worker.Waiting).Select(worker.Outstanding).ToList();
        var (batch, queue) = (all[..worker.Running], all[worker.Running..]);
        var (time, size) = (worker.Running == 0 ? now : worker.AsOf, batch.Count);

        // Up to the boundary at which somebody may join. A worker that should have been there already gets there now.
        while (size > 0 && batch.Count == size && (size == MaxBatchSize || time < now))
        {
            time += Step(batch);
            batch = Later(batch);
        }

        time = Instant.Max(time, now);
        var arrival = new OutstandingRequest(new TemplateId(-1), request.Mask.MaskedTokens, request.Steps);
        queue.Add(arrival);
        while (true)
        {
            while (queue.Count > 0 && batch.Count < MaxBatchSize)
            {
                batch.Add(queue[0]);
                queue.RemoveAt(0);
            }

            time += Step(batch);
            batch = Later(batch);
            if (queue.Count == 0 && !batch.Exists(member => member.Template == arrival.Template))
            {
                return time;
            }
        }
    }
}
