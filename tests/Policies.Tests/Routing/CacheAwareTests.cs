using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Routing;
using static SimServe.Policies.Tests.Routing.RoutingFixture;

namespace SimServe.Policies.Tests.Routing;

public sealed class CacheAwareTests
{
    private static readonly Instant Now = Instant.FromSeconds(50);
    private static readonly StepPlanner[] Same = [.. Enumerable.Repeat(Planners(1)[0], 3)];

    [Test]
    public void A_fetch_counts_as_far_as_it_is_longer_than_the_wait_for_a_place()
    {
        var worker = View(0, 1, (300, 5)) with { AsOf = Now, Delay = new TemplateDelay(TimeSpan.FromSeconds(2), TimeSpan.Zero) };
        var (forecast, blind) = (new FinishForecast(Same, 1, seesCaches: true), new FinishForecast(Same, 1));
        var wait = 5 * Same[0].StepTime(1, 300);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(forecast.Finish(Request(400), worker, Now), Is.EqualTo(Now + TimeSpan.FromSeconds(2) + (20 * Same[0].StepTime(1, 400))));
            Assert.That(forecast.Finish(Request(400), worker with { Delay = new TemplateDelay(wait, TimeSpan.Zero) }, Now), Is.EqualTo(blind.Finish(Request(400), worker, Now)));
            Assert.That(
                forecast.Finish(Request(400), worker with { Delay = new TemplateDelay(TimeSpan.Zero, TimeSpan.FromSeconds(2)) }, Now),
                Is.EqualTo(blind.Finish(Request(400), worker, Now) + TimeSpan.FromSeconds(2)), "nothing can be done beforehand");
        }
    }

    [Test]
    public void Whose_templates_lie_in_device_memory_load_nothing()
    {
        var resident = new HashSet<TemplateId> { new(0) };
        var planners = Planners(1, StrawmanPipeline.Name);
        var finish = new FinishForecast(planners, 8, seesCaches: true).Finish(Request(4), View(0, 0) with { Resident = resident }, Now);
        var step = planners[0].StepTime(1, 4, new ResidentPart(1, 4));
        Assert.That(step, Is.LessThan(planners[0].StepTime(1, 4)), "the test means loads to take time");
        Assert.That(finish, Is.EqualTo(Now + (20 * step)));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void The_choice_is_that_of_playing_every_worker_step_by_step(bool resident)
    {
        const int Workers = 6;
        var planners = Planners(Workers);
        var (policy, stream, elsewhere) = (new CacheAware(planners, MaxBatchSize), new RandomStream(8, "fleets"), 0);
        var blind = new MaskAware(planners, MaxBatchSize);
        for (var i = 0; i < 2_000; i++)
        {
            var (now, request) = (Instant.FromSeconds(10 + i), RandomRequest(stream));
            WorkerSnapshot[] views = [.. Enumerable.Range(0, Workers).Select(worker => RandomView(worker, now, stream) with
            {
                Delay = stream.Next(2) == 0 ? default : new TemplateDelay(TimeSpan.FromMilliseconds(stream.Next(2000)), TimeSpan.FromMilliseconds(stream.Next(2) * stream.Next(500))),
                Resident = resident ? Enumerable.Range(0, 4).Where(_ => stream.Next(2) == 0).Select(static number => new TemplateId(number)).ToHashSet() : null,
            })];
            Instant[] finishes = [.. views.Select(view => PlayStepByStep(planners[view.Id.Value], view, request, now))];
            var chosen = policy.Choose(request, new FleetView(views), now);
            Assert.That(chosen, Is.EqualTo(Array.IndexOf(finishes, finishes.Min())));
            elsewhere += chosen != blind.Choose(request, new FleetView(views), now) ? 1 : 0;
        }

        Assert.That(elsewhere, Is.GreaterThan(200), "caches matter");
    }

    [Test]
    public void Without_caches_it_decides_as_mask_aware_does()
    {
        var planners = Planners(6);
        var (aware, blind, stream) = (new CacheAware(planners, MaxBatchSize), new MaskAware(planners, MaxBatchSize), new RandomStream(2, "fleets"));
        for (var i = 0; i < 2_000; i++)
        {
            var (now, request) = (Instant.FromSeconds(10 + i), RandomRequest(stream));
            var fleet = new FleetView([.. Enumerable.Range(0, 6).Select(worker => RandomView(worker, now, stream))]);
            Assert.That(aware.Choose(request, fleet, now), Is.EqualTo(blind.Choose(request, fleet, now)));
        }
    }

    // The definition: the batch goes on step by step until the arrival has joined; then it stands still until its template is there.
    private static Instant PlayStepByStep(StepPlanner planner, WorkerSnapshot worker, Request request, Instant now)
    {
        TimeSpan Step(List<OutstandingRequest> members)
        {
            var resident = default(ResidentPart);
            foreach (var member in members.Where(member => worker.Resident?.Contains(member.Template) ?? false))
            {
                resident = resident.And(member.MaskedTokens);
            }

            return planner.StepTime(members.Count, members.Sum(static member => member.MaskedTokens), resident);
        }

        List<OutstandingRequest> Later(List<OutstandingRequest> members) =>
            [.. members.Select(static member => member with { RemainingSteps = member.RemainingSteps - 1 }).Where(static member => member.RemainingSteps > 0)];

        var (batch, queue) = (worker.Requests.Take(worker.Running).ToList(), worker.Requests.Skip(worker.Running).ToList());
        var (time, size) = (worker.Running == 0 ? now : worker.AsOf, batch.Count);
        while (size > 0 && batch.Count == size && (size == MaxBatchSize || time < now))
        {
            time += Step(batch);
            batch = Later(batch);
        }

        time = Instant.Max(time, now);
        var (steps, joined) = (request.Steps, false);
        queue.Add(new OutstandingRequest(request.Template, request.Mask.MaskedTokens, request.Steps));
        while (true)
        {
            while (queue.Count > 0 && batch.Count < MaxBatchSize)
            {
                batch.Add(queue[0]);
                queue.RemoveAt(0);
            }

            if (queue.Count == 0 && !joined)
            {
                (time, joined) = (time + worker.Delay.After(time - now), true);
            }

            time += Step(batch);
            batch = Later(batch);
            if (joined && --steps == 0)
            {
                return time;
            }
        }
    }
}
