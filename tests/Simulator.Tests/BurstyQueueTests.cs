using MathNet.Numerics.Distributions;
using MathNet.Numerics.RootFinding;
using MathNet.Numerics.Statistics;
using SimServe.Policies;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Tests.Devices;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests;

/// <summary>What burstiness does to waiting: one worker, batches of one; a request is served by taking its steps.</summary>
public sealed class BurstyQueueTests
{
    private const int Replications = 20;
    private const double ServiceSeconds = 0.1;
    private const int ServiceSteps = 1000;

    [TestCase(0.5, 0.7)]
    [TestCase(2, 0.7)]
    public void Mean_wait_of_gamma_arrivals_and_exponential_service_matches_its_closed_form(double variation, double load)
    {
        // GI/M/1: wait = service * root / (1 - root), where the root in (0, 1) solves root = E[exp(-gap * (1 - root) / service)]
        // (Kleinrock, Queueing Systems I, section 6.4). The tolerance is the half-width of the 99.9 % interval over replications.
        const int Customers = 20_000;
        var shape = 1 / (variation * variation);
        var root = Brent.FindRoot(root => Math.Pow(1 + ((1 - root) / (shape * load)), -shape) - root, 0, 1 - 1e-6, 1e-12);
        var expected = ServiceSeconds * root / (1 - root);
        var waits = Enumerable.Range(0, Replications).Select(seed =>
        {
            var service = new RandomStream(seed, "service");
            return MeanWait(
                new GammaPattern(variation), load, seed, Customers, () => 1 + (int)Exponential.Sample(service, 1.0 / ServiceSteps));
        }).ToArray();
        var halfWidth = StudentT.InvCDF(0, 1, Replications - 1, 0.9995) * waits.StandardDeviation() / Math.Sqrt(Replications);
        TestContext.Out.WriteLine($"mean wait {waits.Mean():0.00000} s, closed form {expected:0.00000} s, half-width {halfWidth:0.00000} s");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(waits.Mean(), Is.EqualTo(expected).Within(halfWidth));
            Assert.That(halfWidth, Is.LessThan(0.1 * expected), "enough customers for the check to mean something");
        }
    }

    [Test]
    public void Gaps_of_a_higher_variation_make_requests_wait_longer_at_the_same_load()
    {
        ArrivalPattern[] patterns = [new ConstantPattern(), new GammaPattern(0.5), new PoissonPattern(), new GammaPattern(3)];
        var waits = Enumerable.Range(1, 4)
            .Select(seed => patterns.Select(pattern => MeanWait(pattern, 0.7, seed, 4000, static () => ServiceSteps)).ToArray())
            .ToArray();
        TestContext.Out.WriteLine(string.Join(", ", patterns.Select((_, i) => $"{waits.Average(wait => wait[i]):0.0000} s")));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(waits.Select(static wait => wait[0]), Is.All.Zero, "D/D/1 does not wait");
            Assert.That(waits, Is.All.Ordered, "in every single replication");
        }
    }

    private static double MeanWait(ArrivalPattern pattern, double load, long seed, int customers, Func<int> serviceSteps)
    {
        var options = new WorkloadOptions { Requests = customers, RequestsPerSecond = load / ServiceSeconds, Arrivals = pattern };
        var simulation = TestWorkload.Simulation(
            [.. new WorkloadBuilder(options, TestWorkload.Grid).Build(seed).Select(request => request with { Steps = serviceSteps() })],
            workers: 1,
            new PolicyOptions { MaxBatchSize = 1, Routing = "round-robin", Pipeline = "full" }) with
        {
            Fleet = SimulatedFleet.Of(TestWorkload.Device,
            [
                new TestCosts
                {
                    FlopsPerSecond = 1e18,
                    BytesPerSecond = 1e18,
                    Encode = TimeSpan.Zero,
                    Decode = TimeSpan.Zero,
                    Overhead = static _ => Duration.FromSeconds(ServiceSeconds / ServiceSteps),
                },
            ]),
        };
        var records = simulation.Run().Serving.Records;
        return records.Skip(customers / 10).Average(static record => (record.StartedAt!.Value - record.ArrivedAt).TotalSeconds);
    }
}
