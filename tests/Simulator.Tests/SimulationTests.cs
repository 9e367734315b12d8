using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests;

public sealed class SimulationTests
{
    private static IEnumerable<TestCaseData> Policies() =>
        from batching in PolicyCatalogue.Batching
        from pipeline in PolicyCatalogue.Pipelines
        from routing in PolicyCatalogue.Routing
        select new TestCaseData(new PolicyOptions
        {
            Batching = batching,
            Pipeline = pipeline,
            Routing = routing,
            MaxBatchSize = 4,
            MaxWait = TimeSpan.FromMilliseconds(20),
        }).SetArgDisplayNames($"{batching} {pipeline} {routing}");

    [TestCaseSource(nameof(Policies))]
    public void Coalesced_and_step_by_step_runs_are_identical(PolicyOptions policies)
    {
        foreach (var seed in Enumerable.Range(1, 3))
        {
            var simulation = TestWorkload.Simulation(TestWorkload.Impatient(TestWorkload.Poisson(200, 6, seed), seed == 3 ? 0 : 0.2, 0.5), policies: policies);
            var (coalesced, stepped) = (simulation.Run(), (simulation with { CoalesceSteps = false }).Run());

            Assert.That(TestWorkload.Trace(coalesced.Serving), Is.EqualTo(TestWorkload.Trace(stepped.Serving)));
            Assert.That(coalesced.Events, Is.LessThan(stepped.Events));
        }
    }

    [Test]
    public void Coalesced_and_step_by_step_runs_agree_when_everything_happens_at_step_boundaries()
    {
        // All times are multiples of the step time, so arrivals, encodings and boundaries collide all the time.
        var costs = new TestCosts
        {
            FlopsPerSecond = 1e18,
            BytesPerSecond = 1e18,
            Encode = TimeSpan.FromMilliseconds(10),
            Decode = TimeSpan.FromMilliseconds(10),
            Overhead = static _ => TimeSpan.FromMilliseconds(10),
        };
        var requests = TestWorkload.Poisson(300, 20, 9)
            .Select(static request => request with { ArrivesAt = new Instant(request.ArrivesAt.Ticks / 100_000 * 100_000) })
            .Select(static (request, number) => number % 4 == 0 ? request with { CancelsAt = request.ArrivesAt + TimeSpan.FromMilliseconds(10 * (number % 13)) } : request).ToArray();
        var simulation = TestWorkload.Simulation(requests) with { Fleet = SimulatedFleet.Of(TestWorkload.Device, [costs, costs]) };

        Assert.That(
            TestWorkload.Trace(simulation.Run().Serving),
            Is.EqualTo(TestWorkload.Trace((simulation with { CoalesceSteps = false }).Run().Serving)));
    }

    [TestCaseSource(nameof(Policies))]
    public void Same_seed_twice_in_one_process_gives_identical_bytes(PolicyOptions policies) =>
        Assert.That(
            TestWorkload.Trace(TestWorkload.Simulation(TestWorkload.Impatient(TestWorkload.Poisson(100, 6, 4), 0.2, 0.5), policies: policies).Run().Serving),
            Is.EqualTo(TestWorkload.Trace(TestWorkload.Simulation(TestWorkload.Impatient(TestWorkload.Poisson(100, 6, 4), 0.2, 0.5), policies: policies).Run().Serving)));

    [TestCaseSource(nameof(Policies))]
    public void Every_request_ends_once_and_takes_all_of_its_steps(PolicyOptions policies)
    {
        var requests = TestWorkload.Poisson(200, 6, 2);
        var result = TestWorkload.Simulation(requests, policies: policies).Run().Serving;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Records.Select(static record => record.Request.Id), Is.EqualTo(requests.Select(static request => request.Id)));
            Assert.That(result.Records, Has.All.Matches<RequestRecord>(static record => record!.Outcome == RequestOutcome.Completed));
            Assert.That(result.Segments.Sum(static segment => segment.Steps * segment.BatchSize), Is.EqualTo(200 * 8));
            Assert.That(result.Segments, Has.All.Matches<BatchSegment>(static segment => segment!.BatchSize <= 4));
            Assert.That(result.Records, Has.All.Matches<RequestRecord>(static record =>
                record!.ArrivedAt <= record.StartedAt && record.StartedAt < record.DenoisedAt && record.DenoisedAt <= record.FinishedAt));
        }
    }

    [Test]
    public void Continuous_batching_queues_less_than_static_batching_under_load()
    {
        var requests = TestWorkload.Poisson(400, 10, 3);
        TimeSpan Queueing(string batching) => new((long)TestWorkload
            .Simulation(requests, policies: new PolicyOptions { Batching = batching, MaxBatchSize = 4 }).Run().Serving.Records
            .Average(static record => (record.StartedAt!.Value - record.ArrivedAt).Ticks));

        Assert.That(Queueing("continuous"), Is.LessThan(Queueing("static")));
    }

    [Test]
    public void Cold_templates_are_recorded_once_before_they_are_reused()
    {
        var requests = TestWorkload.Poisson(50, 2, 3, templates: 5);
        var warm = TestWorkload.Simulation(requests, workers: 1);
        var cold = warm with { WarmTemplates = false };
        var (fast, slow) = (warm.Run().Serving, cold.Run().Serving);

        Assert.That(slow.EndedAt, Is.GreaterThanOrEqualTo(fast.EndedAt));
        Assert.That(
            slow.Records[0].StartedAt - slow.Records[0].ArrivedAt,
            Is.EqualTo((fast.Records[0].StartedAt - fast.Records[0].ArrivedAt) + TimeSpan.FromMilliseconds(8 * 60)));
    }

    [Test]
    public void A_device_that_fails_fails_its_batch_and_the_rest_is_served_elsewhere()
    {
        var requests = TestWorkload.Poisson(200, 8, 5);
        var simulation = TestWorkload.Simulation(requests) with
        {
            Faults = [new LostWorker(Instant.FromSeconds(10), 1)],
        };
        var result = simulation.Run().Serving;
        var failed = result.Records.Where(static record => record.Outcome == RequestOutcome.Failed).ToArray();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(failed, Has.Length.InRange(1, 6), "only its batch fails, and what it was decoding");
            Assert.That(failed, Has.All.Matches<RequestRecord>(static record => record!.Failure!.Contains("cpu:1", StringComparison.Ordinal)));
            Assert.That(result.Faults.Single().Device, Is.EqualTo("cpu:1"));
            Assert.That(result.Records.Count(static record => record.Outcome == RequestOutcome.Completed), Is.EqualTo(200 - failed.Length));
            Assert.That(
                result.Records.Where(static record => record.StartedAt > Instant.FromSeconds(10)),
                Has.All.Matches<RequestRecord>(static record => record!.Worker == new WorkerId(0)));
        }
    }

    [Test]
    public void When_every_device_fails_every_other_request_fails_and_the_run_ends()
    {
        var simulation = TestWorkload.Simulation(TestWorkload.Poisson(100, 8, 5)) with
        {
            Faults = [new LostWorker(Instant.FromSeconds(4), 0), new LostWorker(Instant.FromSeconds(5), 1)],
        };
        var result = simulation.Run().Serving;

        Assert.That(result.Records, Has.All.Not.Null);
        Assert.That(result.Records[^1].Failure, Does.Contain("no healthy device"));
    }
}
