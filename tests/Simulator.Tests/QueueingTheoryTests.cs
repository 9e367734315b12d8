using MathNet.Numerics.Distributions;
using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Serving;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests;

/// <summary>The simulator against closed forms: one worker, batches of one, requests of one step.</summary>
public sealed class QueueingTheoryTests
{
    private const int Customers = 20_000;
    private const int Replications = 20;
    private const double ServiceSeconds = 0.1;

    [TestCase(0.5)]
    [TestCase(0.8)]
    public void Mean_wait_of_M_D_1_matches_Pollaczek_and_Khinchine(double load) =>
        CheckMeanWait(load, load * ServiceSeconds / (2 * (1 - load)), static _ => new TestCosts
        {
            FlopsPerSecond = 1e18,
            BytesPerSecond = 1e18,
            Encode = TimeSpan.Zero,
            Decode = TimeSpan.Zero,
            Overhead = static _ => Duration.FromSeconds(ServiceSeconds),
        });

    [TestCase(0.5)]
    [TestCase(0.8)]
    public void Mean_wait_of_M_M_1_matches_its_closed_form(double load) =>
        CheckMeanWait(load, load * ServiceSeconds / (1 - load), static seed =>
        {
            var service = new RandomStream(seed, "service");
            return new TestCosts
            {
                FlopsPerSecond = 1e18,
                BytesPerSecond = 1e18,
                Encode = TimeSpan.Zero,
                Decode = TimeSpan.Zero,
                Overhead = _ => Duration.FromSeconds(-Math.Log(1 - service.NextDouble()) * ServiceSeconds),
            };
        });

    [Test]
    public void Littles_law_holds_on_every_run([Values] bool coalesce, [Values("static", "continuous")] string batching)
    {
        foreach (var seed in Enumerable.Range(1, 5))
        {
            var simulation = TestWorkload.Simulation(
                TestWorkload.Poisson(500, 8, seed), policies: new PolicyOptions { Batching = batching, MaxBatchSize = 4 }) with
            {
                CoalesceSteps = coalesce,
            };
            var result = simulation.Run().Serving;

            // L = lambda W over a run that starts and ends empty: the area under the number in the system is the sum of the latencies.
            var area = AreaUnderNumberInSystem(result.Records);
            var latencies = result.Records.Sum(static record => (record.FinishedAt - record.ArrivedAt).Ticks);
            Assert.That(area, Is.EqualTo(latencies));
        }
    }

    // The tolerance is derived: the half-width of the 99.9 % confidence interval over independent replications.
    private static void CheckMeanWait(double load, double expected, Func<long, ICostModel> costs)
    {
        var waits = new double[Replications];
        for (var seed = 0; seed < Replications; seed++)
        {
            var simulation = TestWorkload.Simulation(
                TestWorkload.Poisson(Customers, load / ServiceSeconds, seed, steps: 1),
                workers: 1,
                new PolicyOptions { MaxBatchSize = 1, Routing = "round-robin", Pipeline = "full" }) with
            {
                Costs = [costs(seed)],
            };
            var records = simulation.Run().Serving.Records;
            waits[seed] = records.Skip(Customers / 10).Average(static record => (record.StartedAt!.Value - record.ArrivedAt).TotalSeconds);
        }

        var mean = waits.Average();
        var deviation = Math.Sqrt(waits.Sum(wait => (wait - mean) * (wait - mean)) / (Replications - 1));
        var halfWidth = StudentT.InvCDF(0, 1, Replications - 1, 0.9995) * deviation / Math.Sqrt(Replications);
        TestContext.Out.WriteLine($"load {load}: mean wait {mean:0.00000} s, closed form {expected:0.00000} s, half-width {halfWidth:0.00000} s");
        Assert.That(mean, Is.EqualTo(expected).Within(halfWidth));
        Assert.That(halfWidth, Is.LessThan(0.1 * expected), "enough customers for the check to mean something");
    }

    private static long AreaUnderNumberInSystem(IReadOnlyList<RequestRecord> records)
    {
        var changes = records
            .SelectMany(static record => new[] { (At: record.ArrivedAt.Ticks, By: 1), (At: record.FinishedAt.Ticks, By: -1) })
            .OrderBy(static change => change.At);
        var (area, present, last) = (0L, 0, 0L);
        foreach (var (at, by) in changes)
        {
            area += present * (at - last);
            (present, last) = (present + by, at);
        }

        return area;
    }

}
