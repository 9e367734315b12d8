using SimServe.Policies.Serving;
using SimServe.Simulator.Metrics.Checks;
using SimServe.Simulator.Metrics.Fleets;
using SimServe.Simulator.Metrics.Objectives;
using SimServe.Simulator.Metrics.Series;
using SimServe.Simulator.Metrics.Stages;
using SimServe.Simulator.Metrics.WarmUps;

namespace SimServe.Simulator.Metrics;

// Turns what a digest counted into its numbers, once, at the end.
internal sealed class SummaryBuilder
{
    private const double SecondsPerHour = 3600;
    private const int FewestMeans = 4;

    public required RunDigestOptions Options { get; init; }

    public required Window Window { get; init; }

    public required long End { get; init; }

    public required long Injected { get; init; }

    public required long[] Outcomes { get; init; }

    public required long ApproximateHits { get; init; }

    public required LatencyBook Latencies { get; init; }

    public required ObjectiveBook Objectives { get; init; }

    public required FleetBook Fleet { get; init; }

    public required TimeSeries Series { get; init; }

    public required CompletionMeans Means { get; init; }

    public required RunVerdict Verdict { get; init; }

    private double WindowSeconds => Seconds(End - Window.Start);

    public RunSummary Build()
    {
        var workers = Fleet.Workers.Select(worker => worker.Summarise(End)).ToArray();
        var tenants = Objectives.Tenants();
        return new RunSummary
        {
            Verdict = Verdict,
            Window = new MeasuredWindow(Seconds(Window.Start), Seconds(End), Options.WarmUp.Reason, Suggest()),
            Injected = Injected,
            Outcomes = Enum.GetValues<RequestOutcome>().ToDictionary(static outcome => outcome, outcome => Outcomes[(int)outcome]),
            ApproximateHits = ApproximateHits,
            Rates = RatesOf(workers, tenants),
            Latency = Latencies.Latency.Summarise(),
            Queueing = Latencies.Queueing.Summarise(),
            StepTime = Latencies.StepTime.Summarise(),
            Interruptions = Latencies.Interruptions(),
            Stages = Enum.GetValues<LatencyStage>().ToDictionary(LatencyStages.NameOf, stage => Latencies.Stage(stage).Summarise()),
            Tail = Latencies.TailReport(),
            Bands = Latencies.Bands(),
            BatchSizes = BatchSizes(),
            Classes = Objectives.Classes(),
            Tenants = tenants,
            Workers = workers,
            Series = Series.Rows(End),
            LatencyCurve = Curve(),
        };
    }

    private static double Seconds(long ticks) => (double)ticks / TimeSpan.TicksPerSecond;

    private static double? Over(double value, double by) => by > 0 ? value / by : null;

    private RunRates RatesOf(WorkerSummary[] workers, IReadOnlyList<TenantSummary> tenants)
    {
        var (on, serving, busy) = (workers.Sum(static worker => worker.OnSeconds), workers.Sum(static worker => worker.ServingSeconds), workers.Sum(static worker => worker.BusySeconds));
        var gpus = (on * Options.GpusPerWorker) + (Options.GpusBeside * WindowSeconds);
        var (steps, requestSteps) = (workers.Sum(static worker => worker.Steps), workers.Sum(static worker => worker.RequestSteps));
        var (waiting, running) = Window.Areas(Series.WaitingArea(), Series.RunningArea());
        var slo = Objectives.All;
        double? dollars = Options.Rates is null ? null : workers.Sum(static worker => worker.Dollars);
        double? energy = Options.Rates is null ? null : workers.Sum(static worker => worker.KilowattHours);
        return new RunRates
        {
            RequestThroughput = PerSecond(Window.Completed),
            RequestGoodput = slo.Share is null ? null : PerSecond(Window.Good),
            SloAttainment = slo.Share,
            SloAttainmentLow = slo.Share is null ? null : slo.Low,
            SloAttainmentHigh = slo.Share is null ? null : slo.High,
            ImageThroughputPerGpu = Over(Window.Completed, gpus),
            StepThroughput = PerSecond(steps),
            RequestStepThroughput = PerSecond(requestSteps),
            AverageBatchSize = Over(requestSteps, steps) ?? 0,
            AverageQueueLength = PerSecond(waiting / TimeSpan.TicksPerSecond),
            AverageRunning = PerSecond(running / TimeSpan.TicksPerSecond),
            TimeAveragedGpus = PerSecond(gpus),
            GpuHours = gpus / SecondsPerHour,
            GpuSecondsPerImage = Over(gpus, Window.Completed),
            BusyGpuSecondsPerImage = Over(busy * Options.GpusPerWorker, Window.Completed),
            GpuBusyShare = Over(busy, serving),
            CacheStallShare = Over(workers.Sum(static worker => worker.CacheStallSeconds), serving),
            AdapterStallShare = Over(workers.Sum(static worker => worker.AdapterStallSeconds), serving),
            PrePostStallShare = Over(workers.Sum(static worker => worker.PrePostStallSeconds), serving),
            BytesMoved = workers.Sum(static worker => worker.Bytes),
            Dollars = dollars,
            DollarsPer1kImages = dollars is { } price ? Over(1000 * price, Window.Completed) : null,
            DollarsPer1kGoodImages = dollars is { } total ? Over(1000 * total, Window.Good) : null,
            EnergyKwh = energy,
            EnergyWhPerImage = energy is { } power ? Over(1000 * power, Window.Completed) : null,
            FairnessServed = Fairness.Jain([.. tenants.Select(static tenant => tenant.Served)]),
            FairnessLatency = Fairness.Jain([.. tenants.Where(static tenant => tenant.Completed > 0).Select(static tenant => tenant.MeanLatencySeconds)]),
        };
    }

    private double PerSecond(double value) => Over(value, WindowSeconds) ?? 0;

    private SuggestedWarmUp? Suggest()
    {
        if (Means.Means.Length < FewestMeans)
        {
            return null;
        }

        var (truncate, settled) = MarginalStandardError.Choose(Means.Means);
        return new SuggestedWarmUp(Seconds(Means.EndOf(truncate)), (long)truncate * Means.Size, settled);
    }

    private BatchSizeCount[] BatchSizes()
    {
        var sum = 0L;
        foreach (var steps in Fleet.BatchSizes.Times)
        {
            sum += steps;
        }

        var counts = new List<BatchSizeCount>();
        for (var size = 0; size < Fleet.BatchSizes.Times.Length; size++)
        {
            if (Fleet.BatchSizes.Times[size] > 0)
            {
                counts.Add(new BatchSizeCount(size, Fleet.BatchSizes.Times[size], (double)Fleet.BatchSizes.Times[size] / sum));
            }
        }

        return [.. counts];
    }

    private List<(double Seconds, double Share)> Curve()
    {
        var (points, below, all) = (new List<(double, double)>(), 0L, Latencies.Latency.Count);
        foreach (var (middle, count) in Latencies.Latency.Counts.NotEmpty())
        {
            below += count;
            points.Add((middle / TimeSpan.TicksPerSecond, (double)below / all));
        }

        return points;
    }
}
