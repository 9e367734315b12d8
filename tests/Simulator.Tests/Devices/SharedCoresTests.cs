using SimServe.Policies;
using SimServe.Simulator.Fleets;

namespace SimServe.Simulator.Tests.Devices;

/// <summary>Workers that compute at once on one machine.</summary>
public sealed class SharedCoresTests
{
    // No load and no overhead beside computation: every step takes one time.
    private static readonly TestCosts Costs = new() { BytesPerSecond = 1e18, Encode = TimeSpan.Zero, Decode = TimeSpan.Zero };

    [Test]
    public void A_worker_alone_takes_its_share_of_the_time()
    {
        var (together, alone) = (Denoising([Request(0, 0)], null), Denoising([Request(0, 0)], [0.5, 1]));
        Assert.That(alone[0].TotalSeconds / together[0].TotalSeconds, Is.EqualTo(0.5).Within(0.001));
    }

    [Test]
    public void A_worker_that_gets_company_halfway_is_slowed_from_there_on()
    {
        var full = Denoising([Request(0, 0)], null)[0];

        // The second begins when the first, at twice the speed, has done half: the rest takes half of the full time.
        var times = Denoising([Request(0, 0), Request(1, full.TotalSeconds / 4)], [0.5, 1]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(times[0].TotalSeconds, Is.EqualTo(0.75 * full.TotalSeconds).Within(0.5).Percent);

            // It has company for half of its work, and then goes at twice the speed.
            Assert.That(times[1].TotalSeconds, Is.EqualTo(0.75 * full.TotalSeconds).Within(0.5).Percent);
        }
    }

    [Test]
    public void More_workers_than_were_measured_are_as_slow_as_all_of_those()
    {
        Request[] requests = [.. Enumerable.Range(0, 4).Select(static number => Request(number, 0))];
        Assert.That(
            Denoising(requests, [0.5, 1], workers: 4).Select(static time => time.TotalSeconds), Has.All.EqualTo(Denoising(requests, null, workers: 4)[0].TotalSeconds).Within(0.001).Percent);
    }

    [Test]
    public void Hosts_do_not_slow_each_other()
    {
        var times = Run([Request(0, 0), Request(1, 0)], [0.5, 1], 2, perHost: 1);
        Assert.That(times[1].TotalSeconds, Is.EqualTo(0.5 * Denoising([Request(0, 0)], null)[0].TotalSeconds).Within(0.1).Percent);
    }

    private static TimeSpan[] Denoising(Request[] requests, double[]? shares, int workers = 2) => Run(requests, shares, workers, workers);

    private static TimeSpan[] Run(Request[] requests, double[]? shares, int workers, int perHost)
    {
        var simulation = TestWorkload.Simulation(requests, workers, new PolicyOptions { Routing = "round-robin", MaxBatchSize = 1 });
        var records = (simulation with { Fleet = SimulatedFleet.Of(TestWorkload.Device, Costs, workers, perHost) with { ComputeShares = shares } }).Run().Serving.Records;
        return [.. records.Select(static record => record.DenoisedAt!.Value - record.StartedAt!.Value)];
    }

    private static Request Request(int number, double seconds) => new()
    {
        Id = new RequestId(number),
        ArrivesAt = Instant.FromSeconds(seconds),
        Template = new TemplateId(0),
        Mask = EditMask.OfSize(TestWorkload.Grid, 64),
        Steps = 40,
        Prompt = "",
        Seed = number,
    };
}
