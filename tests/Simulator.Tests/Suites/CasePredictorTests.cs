using SimServe.Policies;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Suites;
using SimServe.Simulator.Tests.Devices;
using SimServe.Simulator.Tests.Scenarios;

namespace SimServe.Simulator.Tests.Suites;

/// <summary>Predictions with intervals, from the committed profile.</summary>
public sealed class CasePredictorTests
{
    private static readonly double[] Spread = [.. Enumerable.Range(0, 21).Select(static index => 0.7 + (0.03 * index))];

    private static readonly DeviceProfile Profile =
        ProfileFile.Read(Path.Combine(ScenarioText.Root(), "profiles", "cpu-flux-nano.json")) with { ServiceSpread = Spread, ComputeShares = [0.9, 1] };

    private static CasePredictor Predictor() => new(TestWorkload.Model, Profile, []);

    private static Scenario Case(params string[] settings) => ScenarioText.Read(ScenarioText.Small, ["workload.requests=60", .. settings]).Scenario;

    [Test]
    public void The_same_case_has_the_same_prediction_twice()
    {
        var scenario = Case("workload.ratePerSecond=3");
        Assert.That(Predictor().Predict(scenario, 1.1, 0.05), Is.EqualTo(Predictor().Predict(scenario, 1.1, 0.05)));
    }

    [Test]
    public void The_less_is_known_of_the_pace_the_wider_are_the_intervals()
    {
        var (predictor, scenario) = (Predictor(), Case("workload.ratePerSecond=3"));
        var (sure, unsure) = (predictor.Predict(scenario, 1, 0), predictor.Predict(scenario, 1, 0.2));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(sure.LatencyMean.High - sure.LatencyMean.Low, Is.GreaterThan(0), "requests vary though the pace is known");
            Assert.That(unsure.LatencyMean.High - unsure.LatencyMean.Low, Is.GreaterThan(3 * (sure.LatencyMean.High - sure.LatencyMean.Low)));
        }
    }

    [Test]
    public void A_load_of_one_is_what_full_batches_can_bear()
    {
        var (predictor, scenario) = (Predictor(), Case("workload.requests=600", "workload.masks=constant:0.12"));
        (double Served, double Arrived, double Asked) At(double load)
        {
            var loaded = scenario with { Workload = scenario.Workload with { RatePerSecond = predictor.RateAt(scenario, load) } };
            var requests = ScenarioWorkload.Build(loaded, TestWorkload.Grid, []);
            var served = RunMetrics.Of(predictor.Simulation(loaded, requests, 1, 0).Run().Serving).Throughput;
            return (served, requests.Length / requests[^1].ArrivesAt.TotalSeconds, loaded.Workload.RatePerSecond);
        }

        var (half, twice) = (At(0.5), At(2));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(half.Served, Is.EqualTo(half.Arrived).Within(3).Percent, "half of it is served as it arrives");
            Assert.That(twice.Served, Is.EqualTo(twice.Asked / 2).Within(3).Percent, "of twice as many, full batches serve what the rate of load 1 says");
        }
    }

    // The world that is measured differs from the predicted one by what the intervals allow for, and by nothing else.
    [Test]
    public void Nine_of_ten_measurements_of_a_world_as_assumed_lie_in_their_intervals()
    {
        const double Error = 0.06;
        var (predictor, random, covered, all) = (Predictor(), new RandomStream(5, "worlds"), 0, 0);
        for (var world = 0; world < 120; world++)
        {
            var scenario = Case($"workload.ratePerSecond={(world % 3) + 2}", $"seed={world + 1}");
            var pace = Math.Exp(Error * random.NextGaussian());
            var requests = ScenarioWorkload.Build(scenario, TestWorkload.Grid, []);
            var measured = SuiteMetrics.Of(RunMetrics.Of(predictor.Simulation(scenario, requests, pace, 1_000_000).Run().Serving));
            covered += predictor.Predict(scenario, 1, Error).ToList().Zip(measured.ToList()).Count(static pair => pair.First.Covers(pair.Second));
            all += 3;
        }

        // Measurements of one world hang together: 120 worlds are as good as so many coins, 0.9 +- 0.055.
        Assert.That((double)covered / all, Is.EqualTo(0.9).Within(0.055));
    }

    [Test]
    public void Coalesced_steps_vary_as_single_steps_do()
    {
        var (predictor, scenario) = (Predictor(), Case("workload.ratePerSecond=8"));
        var simulation = predictor.Simulation(scenario, ScenarioWorkload.Build(scenario, TestWorkload.Grid, []), 1.2, 3);
        Assert.That(
            TestWorkload.Trace((simulation with { CoalesceSteps = false }).Run().Serving), Is.EqualTo(TestWorkload.Trace(simulation.Run().Serving)));
    }
}
