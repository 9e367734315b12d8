using SimServe.Policies.Batching;
using SimServe.Simulator.Reports.Charts;
using SimServe.Simulator.Reproductions;
using static SimServe.Cli.Reproductions.InstGenIE.ScenarioRuns;

namespace SimServe.Cli.Reproductions.InstGenIE;

/// <summary>Fig. 4-middle and 16-left: one worker of FLUX.1 under three ways to batch.</summary>
internal static class BatchingRows
{
    private const string Scenario = "flux-worker";
    private const double Rate = 0.5;

    // Eight requests come in 16 s, and hardly ever in more than this: the batch starts when it is full, and the last one of a run too.
    private const double UntilFull = 40;

    public static void Add(MeasurementBook book, ScenarioRuns runs, ConstantBook constants)
    {
        var short120 = Set("workload.requests", Math.Round(Rate * constants["trace.seconds"]));
        SimulatedNumbers Of(params string[] settings) => runs.Of(Scenario, PublishedProfiles.FluxKeysValues, settings);
        SimulatedNumbers Continuous(params string[] settings) => Of([$"policies.batching={ContinuousBatching.Name}", .. settings]);
        SimulatedNumbers Naive(params string[] settings) => Of([$"policies.batching={NaiveContinuousBatching.Name}", .. settings]);
        SimulatedNumbers Static(params string[] settings) => Of([$"policies.batching={StaticBatching.Name}", .. settings]);
        SimulatedNumbers Filled(params string[] settings) => Static([Set("policies.maxWaitSeconds", UntilFull), .. settings]);
        Add(book, "fig16l.flashps", Continuous(), Continuous(short120));
        Add(book, "fig16l.naive", Naive(), Naive(short120));
        book.Add("s64.interruptions.median", Naive().MedianInterruptions.Mean, SimulatedNumbers.Half(Naive().MedianInterruptions), Interruptions("Over traces of 120 s", Naive(short120).MedianInterruptions.Mean));
        book.Add("s64.interruptions.p95", Naive().P95Interruptions.Mean, SimulatedNumbers.Half(Naive().P95Interruptions), Interruptions("Over traces of 120 s", Naive(short120).P95Interruptions.Mean));
        Add(book, "fig16l.static", Static(), Static(short120));
        Add(book, "fig16l.static.full", Filled(), Filled(short120));
        book.Add("fig4m.flashps", Continuous().MeanQueue.Mean, Half(Continuous()), Traces(Continuous().MeanQueue.Mean, Continuous(short120).MeanQueue.Mean));
        book.Add("fig4m.static", Static().MeanQueue.Mean, Half(Static()), FormattableString.Invariant($"Where batches wait until they are full: {Filled().MeanQueue.Mean:0.0} s."));
        book.Add("fig4m.ratio", Static().MeanQueue.Mean / Continuous().MeanQueue.Mean);
        book.Add("s64.interruption", constants["prepost.seconds"]);
        AddCurves(book, Continuous, Static);
    }

    private static double? Half(SimulatedNumbers numbers) => SimulatedNumbers.Half(numbers.MeanQueue);

    private static void Add(MeasurementBook book, string row, SimulatedNumbers numbers, SimulatedNumbers inShort)
    {
        book.Add($"{row}.request", numbers.P95Latency.Mean, SimulatedNumbers.Half(numbers.P95Latency), Traces(numbers.P95Latency.Mean, inShort.P95Latency.Mean));
        book.Add($"{row}.inference", numbers.P95Inference.Mean, SimulatedNumbers.Half(numbers.P95Inference), Traces(numbers.P95Inference.Mean, inShort.P95Inference.Mean));
    }

    private static string Interruptions(string where, double number) => FormattableString.Invariant($"{where}: {number:0.0}.");

    private static string Traces(double seconds, double inShort) => FormattableString.Invariant($"Over 400 requests {seconds:0.0} s, over traces of 120 s {inShort:0.0} s.");

    private static void AddCurves(MeasurementBook book, Func<string[], SimulatedNumbers> continuous, Func<string[], SimulatedNumbers> fixedBatches)
    {
        double[] rates = [0.1, 0.2, 0.3, 0.4, 0.5];
        ChartSeries Of(string name, Func<string[], SimulatedNumbers> run) => new()
        {
            Name = name,
            Points = [.. rates.Select(rate =>
            {
                var queue = run(rate == Rate ? [] : [Set("workload.ratePerSecond", rate)]).MeanQueue;
                return new ChartPoint(rate, queue.Mean, queue.Mean - (queue.MeanHalfWidth95 ?? 0), queue.Mean + (queue.MeanHalfWidth95 ?? 0));
            })],
        };
        book.Add(new LineChart
        {
            Title = "Queueing by load, one worker",
            Note = "Figure 4-middle of the paper: FLUX.1 on one H800.",
            XAxis = new ChartAxis("requests", "1/s"),
            YAxis = new ChartAxis("mean time in the queue", "s"),
            Series = [Of("static", fixedBatches), Of("continuous", continuous)],
        });
    }
}
