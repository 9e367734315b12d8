using SimServe.Policies;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Suites;

/// <summary>Predicts what a case would measure, with the uncertainty that the profile leaves.</summary>
/// <remarks>
/// Two things are uncertain and are drawn anew for each simulated run: the device's pace (normal in the logarithm) and every request's part (the profile's <see cref="DeviceProfile.ServiceSpread"/>).
/// The same scenario, profile and pace give the same prediction on every machine.
/// </remarks>
/// <param name="model">The model.</param>
/// <param name="profile">The device's profile.</param>
/// <param name="masks">Drawn masks of the scenario's edits.</param>
public sealed class CasePredictor(ModelShape model, DeviceProfile profile, IReadOnlyList<EditMask> masks)
{
    private const int Draws = 100;
    private const double Tail = 0.05;

    private readonly PlannerPool _planners = new();

    /// <summary>The times that planners and routers believe in.</summary>
    public FittedCostModel Costs { get; } = new(profile, model);

    /// <summary>How many requests of a case arrive per second at a load.</summary>
    /// <param name="scenario">The case.</param>
    /// <param name="load">Requests that arrive over those that workers with full batches could serve at most.</param>
    /// <returns>Rounded to three digits, so that people can read and write it.</returns>
    public double RateAt(Scenario scenario, double load)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        var (batch, steps) = (scenario.Policies.MaxBatchSize, scenario.Steps);
        var masked = ScenarioWorkload.Build(scenario, model.Grid, masks).Average(static request => request.Mask.MaskedTokens);
        var step = _planners.Get(model, Costs, scenario.Policies.Pipeline).StepTime(batch, Math.Max(batch, (int)Math.Round(batch * masked))).TotalSeconds;
        var rate = load * scenario.Fleet.Workers * batch / (steps * step);
        var digits = Math.Pow(10, Math.Floor(Math.Log10(rate)) - 2);
        return Math.Round(Math.Round(rate / digits) * digits, 9);
    }

    /// <summary>Predicts a case.</summary>
    /// <param name="scenario">The case, with the seed of the repetition and the rate of its arrivals.</param>
    /// <param name="pace">How many times as long as the profile says computation takes now.</param>
    /// <param name="paceError">Standard deviation of the pace's logarithm: how little is known of it.</param>
    public SuiteMetrics<PredictedMetric> Predict(Scenario scenario, double pace, double paceError)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        var requests = ScenarioWorkload.Build(scenario, model.Grid, masks);
        var random = new RandomStream(scenario.Seed, "pace");
        var runs = new SuiteMetrics<double>[Draws];
        for (var draw = 0; draw < Draws; draw++)
        {
            var factor = pace * Math.Exp(paceError * random.NextGaussian());
            runs[draw] = SuiteMetrics.Of(RunMetrics.Of(Simulation(scenario, requests, factor, draw).Run().Serving));
        }

        return new SuiteMetrics<PredictedMetric>(
            Summarise(runs, static run => run.LatencyMean), Summarise(runs, static run => run.LatencyP95), Summarise(runs, static run => run.Throughput));
    }

    /// <summary>One simulated run of a case.</summary>
    /// <param name="scenario">The case.</param>
    /// <param name="requests">Its requests.</param>
    /// <param name="pace">How many times as long as the profile says computation takes.</param>
    /// <param name="draw">Tells the parts of requests apart from those of other draws.</param>
    public Simulation Simulation(Scenario scenario, IReadOnlyList<Request> requests, double pace, int draw)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        return new Simulation
        {
            Model = model,
            Fleet = SimulatedFleet.Of(profile, Costs, scenario.Fleet.Workers) with { Host = scenario.Fleet.Host, ComputeFactor = pace, ServiceDraw = draw },
            Policies = scenario.Policies,
            Requests = requests,
            WarmTemplates = scenario.Fleet.WarmTemplates,
            Faults = scenario.Faults,
            Planners = _planners,
        };
    }

    /// <summary>What is expected of a case whose pace is known.</summary>
    /// <param name="scenario">The case, with the seed of the repetition and the rate of its arrivals.</param>
    /// <param name="pace">How many times as long as the profile says computation takes.</param>
    public SuiteMetrics<double> Expect(Scenario scenario, double pace)
    {
        var predicted = Predict(scenario, pace, 0);
        return new SuiteMetrics<double>(predicted.LatencyMean.Mean, predicted.LatencyP95.Mean, predicted.Throughput.Mean);
    }

    private static PredictedMetric Summarise(SuiteMetrics<double>[] runs, Func<SuiteMetrics<double>, double> metric)
    {
        double[] values = [.. runs.Select(metric).Order()];
        return new PredictedMetric(values.Average(), FitErrors.Quantile(values, Tail), FitErrors.Quantile(values, 1 - Tail));
    }
}
