using MathNet.Numerics.Distributions;
using SimServe.Policies;
using SimServe.Policies.Admission;
using SimServe.Policies.Serving;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Tests.Devices;
using SimServe.Simulator.Tests.Planning;

namespace SimServe.Simulator.Tests;

/// <summary>The simulator against closed forms: one worker whose servers are the places in its batch.</summary>
public sealed class QueueingTheoryTests
{
    private const int Customers = 20_000;
    private const int Replications = 20;
    private const double ServiceSeconds = 0.1;
    private const int ServiceSteps = 1000;

    [TestCase(0.5)]
    [TestCase(0.8)]
    public void Mean_wait_of_M_D_1_matches_Pollaczek_and_Khinchine(double load) =>
        CheckMeanWait(load, load * ServiceSeconds / (2 * (1 - load)), static _ => ServiceSteps);

    [TestCase(0.5)]
    [TestCase(0.8)]
    public void Mean_wait_of_M_M_1_matches_its_closed_form(double load) =>
        CheckMeanWait(load, load * ServiceSeconds / (1 - load), Exponential);

    [TestCase(0.5)]
    [TestCase(0.8)]
    public void Mean_wait_of_M_G_1_matches_Pollaczek_and_Khinchine(double load)
    {
        // Nine requests in ten take half the mean, the tenth takes 5.5 times the mean: E[S^2] = 3.25 E[S]^2.
        const double SecondMoment = (0.9 * 0.25) + (0.1 * 30.25);
        CheckMeanWait(load, load * ServiceSeconds * SecondMoment / (2 * (1 - load)), static service =>
            service.NextDouble() < 0.9 ? ServiceSteps / 2 : ServiceSteps * 11 / 2);
    }

    [TestCase(2, 0.7)]
    [TestCase(5, 0.75)]
    public void Mean_wait_of_M_M_c_matches_Erlangs_C_formula(int servers, double load)
    {
        // One queue in front of all servers: a worker's batch of c, whose step takes the same time however many share it.
        var offered = servers * load;
        var (term, sum) = (1.0, 0.0);
        for (var k = 0; k < servers; k++)
        {
            sum += term;
            term *= offered / (k + 1);
        }

        var waits = term / (1 - load) / (sum + (term / (1 - load)));
        CheckMeanWait(servers * load, waits * ServiceSeconds / (servers * (1 - load)), Exponential, servers);
    }

    [TestCase(3, 2.0, 0.4)]
    [TestCase(9, 8.0, 0.2)]
    public void A_router_that_knows_who_finishes_first_makes_one_queue_of_all_workers(int servers, double load, double waitOverService)
    {
        // With equal services that is M/D/c: the share of requests that wait at most so long, by Crommelin and Franx.
        var expected = MultiServerQueue.WaitAtMost(servers, load, waitOverService);
        var shares = Enumerable.Range(0, Replications).Select(seed => Loaded(servers, load, seed).Run().Serving.Records.Skip(Customers / 10)
            .Average(record => (record.StartedAt - record.ArrivedAt)!.Value.TotalSeconds <= waitOverService * ServiceSeconds ? 1.0 : 0.0)).ToArray();
        CheckMean(shares, expected, $"{servers} servers, load {load}");
    }

    [TestCase(3, 2.0)]
    [TestCase(8, 8.0)]
    public void The_share_of_requests_that_find_every_worker_busy_is_Erlangs_B_formula(int servers, double load)
    {
        // Whoever would have to wait would miss his deadline and is shed: a loss system, whose blocking does not depend on the services' distribution.
        var (term, sum) = (1.0, 0.0);
        for (var k = 0; k <= servers; k++)
        {
            sum += term;
            term *= load / (k + 1);
        }

        var expected = term * (servers + 1) / load / sum;
        var promised = new ServiceClass("at once", 0, Duration.FromSeconds(ServiceSeconds * 1.000_01));
        var shares = Enumerable.Range(0, Replications).Select(seed =>
        {
            var simulation = Loaded(servers, load, seed);
            return (simulation with
            {
                Requests = [.. simulation.Requests.Select(request => request with { Class = promised })],
                Policies = simulation.Policies with { Admission = new AdmissionOptions { Kind = "deadline" } },
            }).Run().Serving.Records.Skip(Customers / 10).Average(static record => record.Outcome == RequestOutcome.Shed ? 1.0 : 0.0);
        }).ToArray();
        CheckMean(shares, expected, $"{servers} servers, load {load}");
    }

    [TestCase(1, 1.5, 0.3)]
    [TestCase(3, 3.3, 0.5)]
    public void The_share_of_users_who_give_up_is_that_of_the_birth_and_death_process(int servers, double load, double patienceSeconds)
    {
        // Users give up in service too, all but at once: with n there, one leaves at the rate min(n, c) / service + n / patience (Palm 1957, for the whole time in the system).
        var (weight, sum, present) = (1.0, 1.0, 0.0);
        for (var n = 1; n < 1000; n++)
        {
            weight *= load / ServiceSeconds / ((Math.Min(n, servers) / ServiceSeconds) + (n / patienceSeconds));
            (sum, present) = (sum + weight, present + (n * weight));
        }

        var expected = present / sum / patienceSeconds / (load / ServiceSeconds);
        var shares = Enumerable.Range(0, Replications).Select(seed =>
        {
            var service = new RandomStream(seed, "service");
            Request[] patient = [.. TestWorkload.Poisson(Customers, load / ServiceSeconds, seed).Select(request => request with { Steps = Exponential(service) })];
            return (TestWorkload.Simulation(
                TestWorkload.Impatient(patient, 1, patienceSeconds, seed), workers: 1, new PolicyOptions { MaxBatchSize = servers, Routing = "round-robin", Pipeline = "full" }) with
            {
                Fleet = SimulatedFleet.Of(TestWorkload.Device, [Server]),
            }).Run().Serving.Records.Skip(Customers / 10).Average(static record => record.Outcome == RequestOutcome.Cancelled ? 1.0 : 0.0);
        }).ToArray();
        CheckMean(shares, expected, $"{servers} servers, load {load}, patience {patienceSeconds} s");
    }

    [Test]
    public void Littles_law_holds_on_every_run([Values] bool coalesce, [Values("static", "continuous", "naive-continuous")] string batching)
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
    private static void CheckMeanWait(double load, double expected, Func<RandomStream, int> service, int servers = 1)
    {
        var waits = new double[Replications];
        for (var seed = 0; seed < Replications; seed++)
        {
            var stream = new RandomStream(seed, "service");
            var simulation = TestWorkload.Simulation(
                [.. TestWorkload.Poisson(Customers, load / ServiceSeconds, seed).Select(request => request with { Steps = service(stream) })],
                workers: 1,
                new PolicyOptions { MaxBatchSize = servers, Routing = "round-robin", Pipeline = "full" }) with
            {
                Fleet = SimulatedFleet.Of(TestWorkload.Device, [Server]),
            };
            var records = simulation.Run().Serving.Records;
            waits[seed] = records.Skip(Customers / 10).Average(static record => (record.StartedAt!.Value - record.ArrivedAt).TotalSeconds);
        }

        CheckMean(waits, expected, $"load {load}");
    }

    // Workers with batches of one and equal services, each request sent to the one that will have finished first.
    private static Simulation Loaded(int servers, double load, int seed) => TestWorkload.Simulation(
        [.. TestWorkload.Poisson(Customers, load / ServiceSeconds, seed).Select(static request => request with { Steps = ServiceSteps })],
        policies: new PolicyOptions { MaxBatchSize = 1, Routing = "mask-aware", Pipeline = "full" }) with
    {
        Fleet = SimulatedFleet.Of(TestWorkload.Device, Server, servers),
    };

    private static void CheckMean(double[] samples, double expected, string what)
    {
        var mean = samples.Average();
        var deviation = Math.Sqrt(samples.Sum(sample => (sample - mean) * (sample - mean)) / (Replications - 1));
        var halfWidth = StudentT.InvCDF(0, 1, Replications - 1, 0.9995) * deviation / Math.Sqrt(Replications);
        TestContext.Out.WriteLine($"{what}: mean {mean:0.00000}, closed form {expected:0.00000}, half-width {halfWidth:0.00000}");
        Assert.That(mean, Is.EqualTo(expected).Within(halfWidth));
        Assert.That(halfWidth, Is.LessThan(0.1 * expected), "enough customers for the check to mean something");
    }

    // A request's service is its steps, each of the same short time: geometric instead of exponential, to 0.1 %.
    private static int Exponential(RandomStream stream) => 1 + (int)(-Math.Log(1 - stream.NextDouble()) * ServiceSteps);

    private static readonly TestCosts Server = new()
    {
        FlopsPerSecond = 1e18,
        BytesPerSecond = 1e18,
        Encode = TimeSpan.Zero,
        Decode = TimeSpan.Zero,
        Overhead = static _ => Duration.FromSeconds(ServiceSeconds / ServiceSteps),
    };

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
