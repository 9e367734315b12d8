using SimServe.Policies;
using SimServe.Policies.Pipelines;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests.Batching;

/// <summary>Where admission to a running batch by objectives wins in whole runs, and where it loses. Objectives are so many times a request's time alone.</summary>
public sealed class SloContinuousRunTests
{
    // Five runs each, on two workers that a rate of about 7/s fills.
    [Test]
    public void Where_batches_save_little_time_more_objectives_are_met_at_any_load_and_nobody_waits_longer([Values(1.5, 3)] double objective, [Values(4, 6, 12)] double rate)
    {
        var (plain, slo) = (Run("continuous", rate, objective, Linear), Run("slo-continuous", rate, objective, Linear));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(slo.Attainment, Is.GreaterThan(plain.Attainment));
            Assert.That(slo.Mean, Is.LessThan(1.01 * plain.Mean));
        }
    }

    [Test]
    public void Before_saturation_it_is_worth_a_tenth_of_all_requests([Values(1.5, 2)] double objective, [Values(4, 6)] double rate) =>
        Assert.That(Run("slo-continuous", rate, objective, Linear).Attainment - Run("continuous", rate, objective, Linear).Attainment, Is.GreaterThan(0.08));

    // Refused joins are batching that is lost: objectives only a little longer than the time alone fill up the queue with those that were kept out.
    [Test]
    public void Where_a_step_takes_as_long_for_many_as_for_one_refusing_costs_objectives_and_time([Values(12, 16, 20)] double rate)
    {
        var (plain, slo) = (Run("continuous", rate, 1.2, Batching), Run("slo-continuous", rate, 1.2, Batching));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(slo.Attainment, Is.LessThan(plain.Attainment - 0.05));
            Assert.That(slo.Mean, Is.GreaterThan(1.05 * plain.Mean));
        }
    }

    [Test]
    public void With_room_in_objectives_it_refuses_nobody_there() =>
        Assert.That(Run("slo-continuous", 12, 2, Batching), Is.EqualTo(Run("continuous", 12, 2, Batching)));

    // A step's time grows with its work.
    private static TestCosts Linear => new();

    // Most of a step's time is the same for any batch: who waits outside wastes it.
    private static TestCosts Batching => new() { Overhead = static _ => TimeSpan.FromMilliseconds(60), FlopsPerSecond = 1e12, BytesPerSecond = 1e11 };

    private static (double Attainment, double Mean, double P95) Run(string batching, double rate, double objective, TestCosts costs)
    {
        RunMetrics[] runs = [.. Enumerable.Range(1, 5).Select(seed => RunMetrics.Of(Simulation(batching, rate, objective, costs, seed).Run().Serving))];
        return (runs.Average(static run => run.Attainment!.Value), runs.Average(static run => run.Latency.Mean), runs.Average(static run => run.Latency.P95));
    }

    private static Simulation Simulation(string batching, double rate, double objective, TestCosts costs, int seed)
    {
        var planner = new StepPlanner(TestWorkload.Model, costs, PolicyCatalogue.CreatePipeline("optimal"));
        Request[] requests = [.. TestWorkload.Poisson(400, rate, seed).Select(request => request with
        {
            Class = new ServiceClass("promised", 0, objective * ((request.Steps * planner.StepTime(1, request.Mask.MaskedTokens)) + costs.Encode + costs.Decode)),
        })];
        return TestWorkload.Simulation(requests, 2, new PolicyOptions { Batching = batching, MaxBatchSize = 8 }) with { Fleet = SimulatedFleet.Of(TestWorkload.Device, costs, 2) };
    }
}
