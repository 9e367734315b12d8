using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests.Batching;

/// <summary>Preparing and decoding on the thread that denoises, in whole simulated runs.</summary>
public sealed class NaiveContinuousTests
{
    // A step takes 10 ms whoever is in it.
    private static readonly TestCosts Costs = new()
    {
        FlopsPerSecond = 1e18,
        BytesPerSecond = 1e18,
        Encode = TimeSpan.FromMilliseconds(7),
        Decode = TimeSpan.FromMilliseconds(5),
        Overhead = static _ => TimeSpan.FromMilliseconds(10),
    };

    [Test]
    public void Who_comes_and_who_goes_interrupts_the_others_at_the_next_step_boundary()
    {
        var run = Run("naive-continuous", [Request(0, 0), Request(1, 20)]);
        var (first, second) = (run.Records[0], run.Records[1]);
        using (Assert.EnterMultipleScope())
        {
            // Prepared until 7; two steps until 27, when the second, there since 20, is prepared until 34; six steps for both until 94; decoded until 99.
            Assert.That((first.ReadyAt, first.DenoisedAt, first.FinishedAt), Is.EqualTo((At(7), At(94), At(99))));
            Assert.That((first.Interruptions, first.PrePostWait), Is.EqualTo((1, TimeSpan.FromMilliseconds(7))));

            // It goes on when the first has been decoded, for two steps.
            Assert.That((second.ReadyAt, second.StartedAt, second.DenoisedAt, second.FinishedAt), Is.EqualTo((At(34), At(34), At(119), At(124))));
            Assert.That((second.Interruptions, second.PrePostWait), Is.EqualTo((1, TimeSpan.FromMilliseconds(5))));
        }
    }

    [Test]
    public void Beside_the_batch_nobody_is_interrupted()
    {
        var run = Run("continuous", [Request(0, 0), Request(1, 20)]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Records[0].FinishedAt, Is.EqualTo(At(7 + 80 + 5)));
            Assert.That(run.Records, Has.All.Property(nameof(RequestRecord.Interruptions)).Zero.And.All.Property(nameof(RequestRecord.PrePostWait)).EqualTo(TimeSpan.Zero));
        }
    }

    [Test]
    public void The_batchs_own_thread_preprocesses_and_nothing_is_sent_to_another_process()
    {
        var cpu = new CpuStages
        {
            Decision = TimeSpan.FromMilliseconds(1),
            Preprocessing = TimeSpan.FromMilliseconds(10),
            Postprocessing = TimeSpan.FromMilliseconds(20),
            Serialisation = TimeSpan.FromMilliseconds(100),
            Transfer = TimeSpan.FromMilliseconds(100),
            Processes = 1,
        };
        var records = Run("naive-continuous", [Request(0, 0), Request(1, 0)], cpu, workers: 2).Records;
        using (Assert.EnterMultipleScope())
        {
            // Each worker has its own request: 1 ms for the decisions one after the other, and no common process to wait for.
            Assert.That(records.Select(static record => record.ReadyAt), Is.EqualTo(new Instant?[] { At(18), At(19) }));
            Assert.That(records[0].FinishedAt, Is.EqualTo(At(18 + 80 + 5 + 20)));
        }
    }

    [Test]
    public void Interruptions_of_a_digested_run_are_those_of_its_records_and_take_the_time_that_is_lost()
    {
        var digest = new RunDigest();
        var simulation = Simulation("naive-continuous", TestWorkload.Poisson(400, 25, 2), new CpuStages());
        var run = simulation.Run(digest).Serving;
        var (summary, metrics) = (digest.Complete(run.EndedAt), RunMetrics.Of(run));
        var beside = RunMetrics.Of(Simulation("continuous", simulation.Requests, new CpuStages()).Run().Serving);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(summary.Verdict.Failures, Is.Empty);
            Assert.That(summary.Interruptions.Mean, Is.EqualTo(run.Records.Average(static record => record.Interruptions)).Within(1e-9));
            Assert.That(summary.Interruptions.P95, Is.EqualTo(Distribution.Of([.. run.Records.Select(static record => (double)record.Interruptions)]).P95));
            Assert.That(metrics.Interruptions, Is.EqualTo(summary.Interruptions));
            Assert.That(summary.Interruptions.Mean, Is.GreaterThan(1));
            Assert.That(summary.Stages["interrupted"].Mean, Is.EqualTo(run.Records.Average(static record => record.PrePostWait.TotalSeconds)).Within(1e-9));
            Assert.That(metrics.Latency.P95, Is.GreaterThan(1.2 * beside.Latency.P95));
            Assert.That(metrics.Latency.Mean - beside.Latency.Mean, Is.GreaterThan(summary.Stages["interrupted"].Mean), "requests wait for each other's interruptions, too");
        }
    }

    [Test]
    public void Coalesced_and_step_by_step_runs_agree_when_everything_happens_at_step_boundaries()
    {
        var requests = TestWorkload.Poisson(300, 20, 9)
            .Select(static request => request with { ArrivesAt = new Instant(request.ArrivesAt.Ticks / 100_000 * 100_000) })
            .Select(static (request, number) => number % 4 == 0 ? request with { CancelsAt = request.ArrivesAt + TimeSpan.FromMilliseconds(10 * (number % 13)) } : request).ToArray();
        var costs = new TestCosts { FlopsPerSecond = 1e18, BytesPerSecond = 1e18, Encode = TimeSpan.FromMilliseconds(10), Decode = TimeSpan.FromMilliseconds(10), Overhead = Costs.Overhead };
        var simulation = Simulation("naive-continuous", requests, new CpuStages()) with { Fleet = SimulatedFleet.Of(TestWorkload.Device, [costs, costs]) };
        Assert.That(TestWorkload.Trace(simulation.Run().Serving), Is.EqualTo(TestWorkload.Trace((simulation with { CoalesceSteps = false }).Run().Serving)));
    }

    private static Instant At(double milliseconds) => Instant.FromSeconds(milliseconds / 1000);

    private static Request Request(int number, double milliseconds) => TestWorkload.Poisson(1, 1, 1)[0] with { Id = new RequestId(number), ArrivesAt = At(milliseconds) };

    private static ServingResult Run(string batching, Request[] requests, CpuStages? cpu = null, int workers = 1)
    {
        var simulation = Simulation(batching, requests, cpu ?? new CpuStages());
        return (simulation with { Fleet = simulation.Fleet with { Workers = [.. simulation.Fleet.Workers.Take(workers)] } }).Run().Serving;
    }

    private static Simulation Simulation(string batching, IReadOnlyList<Request> requests, CpuStages cpu) =>
        TestWorkload.Simulation(requests, policies: new PolicyOptions { Batching = batching, Routing = "round-robin", MaxBatchSize = 4 }) with
        {
            Fleet = SimulatedFleet.Of(TestWorkload.Device, [Costs, Costs]) with { Cpu = cpu },
        };
}
