using MathNet.Numerics.Distributions;
using SimServe.Policies.Costs;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Metrics;

namespace SimServe.Simulator.Planning;

/// <summary>Simulates fleets on common random numbers, each until its attainment is clear of the objective.</summary>
/// <remarks>
/// The looks of <see cref="PlanLooks"/>: whatever the number of looks, a verdict is wrong with a probability of at most 1 - confidence.
/// Answers are remembered; they do not depend on the number of threads.
/// </remarks>
internal sealed class FleetEvaluator
{
    private readonly CapacityQuestion _question;
    private readonly FleetSimulator _simulator;
    private readonly PlanWorkload _workload;
    private readonly RequestBounds _bounds;
    private readonly CountedWindow _window;
    private readonly CancellationToken _cancellation;
    private readonly ICostModel[] _planned;
    private readonly Dictionary<(Fleet Fleet, double Load), FleetEvaluation> _known = [];

    public FleetEvaluator(CapacityQuestion question, PlanWorkload workload, RequestBounds bounds, CancellationToken cancellation)
    {
        (_question, _workload, _bounds, _cancellation) = (question, workload, bounds, cancellation);
        _simulator = new FleetSimulator(question);
        _window = CountedWindow.Of(question.Workload.Requests);
        _planned = [.. question.Options.Select(option => ScaledCostModel.Of(option.Costs, question.PlannedFactor))];
    }

    public int Simulated { get; private set; }

    public int Runs { get; private set; }

    // In an order of their own: which fleet is tried first says nothing.
    public IReadOnlyList<FleetEvaluation> AtTheLoad =>
    [
        .. _known.Where(static known => known.Key.Load == 1).Select(static known => known.Value)
            .OrderBy(static run => run.Fleet.Second).ThenBy(static run => run.Fleet.First).ThenBy(static run => run.Fleet.FirstCount).ThenBy(static run => run.Fleet.SecondCount),
    ];

    public bool Meets(Fleet fleet, double load = 1) => Evaluate(fleet, load).Verdict == FleetVerdict.Meets;

    public FleetEvaluation Evaluate(Fleet fleet, double load = 1)
    {
        if (!_known.TryGetValue((fleet, load), out var evaluation))
        {
            _known.Add((fleet, load), evaluation = Simulate(fleet, load));
            Simulated++;
        }

        return evaluation;
    }

    // Mean attainment over the replications of the first look, without a verdict.
    public double Estimate(Fleet fleet, double load) =>
        Attainments(Replicate(fleet, load, 0, PlanLooks.First, _ => _question.PlannedFactor), load, 0).Average();

    // In which of the replications the fleet meets the objective, each with its own factor on compute times.
    public bool[] MeetsUnder(Fleet fleet, double[] factors)
    {
        var runs = Replicate(fleet, 1, 0, factors.Length, replication => factors[replication]);
        return Array.ConvertAll(Attainments(runs, 1, 0), attainment => attainment >= _question.Objective.Attainment);
    }

    private FleetEvaluation Simulate(Fleet fleet, double load)
    {
        var (runs, attainments) = (new List<ReplicationRun>(), new List<double>());
        FleetEvaluation? evaluation = null;
        foreach (var look in PlanLooks.Of(_question.MostReplications, 1 - _question.Confidence))
        {
            var added = Replicate(fleet, load, runs.Count, look.Replications, _ => _question.PlannedFactor);
            attainments.AddRange(Attainments(added, load, runs.Count));
            runs.AddRange(added);
            evaluation = Summarise(fleet, runs, attainments, look.Error);
            if (evaluation.Verdict != FleetVerdict.CannotTell)
            {
                break;
            }
        }

        return evaluation!;
    }

    // Every run has its place before it is made: the order in which threads finish does not matter.
    private ReplicationRun[] Replicate(Fleet fleet, double load, int from, int to, Func<int, double> factorOf)
    {
        var runs = new ReplicationRun[to - from];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _question.Threads, CancellationToken = _cancellation };
        Parallel.For(0, runs.Length, parallel, index => runs[index] = Run(fleet, load, from + index, factorOf(from + index)));
        Runs += runs.Length;
        return runs;
    }

    private ReplicationRun Run(Fleet fleet, double load, int replication, double factor)
    {
        var first = CostsOf(fleet.First, factor);
        var second = fleet.IsMix ? CostsOf(fleet.Second, factor) : first;
        var hosts = HostOf(fleet.FirstCount - 1) + 1;
        FleetWorker[] workers =
        [
            .. Enumerable.Range(0, fleet.FirstCount).Select(number => Worker(fleet.First, number, first, 0)),
            .. Enumerable.Range(0, fleet.SecondCount).Select(number => Worker(fleet.Second, number, second, hosts)),
        ];
        return _simulator.Run(
            workers, _workload.Of(replication, load), _workload.SeedOf(replication), _window, factor == _question.PlannedFactor, _cancellation);
    }

    private FleetWorker Worker(int option, int number, ICostModel costs, int firstHost) =>
        new($"{_question.Options[option].Device.Name}:{number}", _question.Options[option].Device, costs, firstHost + HostOf(number));

    // Among the hosts of its kind. Without hosts all workers sit in one, or two in a mix, which have everything.
    private int HostOf(int number) => _question.Hosts is { } hosts ? number / hosts.WorkersPerHost : 0;

    // The planned factor's models are the same objects in every run: plans are remembered for them.
    private ICostModel CostsOf(int option, double factor) =>
        factor == _question.PlannedFactor ? _planned[option] : ScaledCostModel.Of(_question.Options[option].Costs, factor);

    private double[] Attainments(IReadOnlyList<ReplicationRun> runs, double load, int from)
    {
        var attainments = new double[runs.Count];
        for (var i = 0; i < attainments.Length; i++)
        {
            var (requests, good) = (_workload.Of(from + i, load), 0);
            for (var number = _window.Start; number < _window.End; number++)
            {
                good += runs[i].Latencies[number] <= _bounds.Of(requests[number]) ? 1 : 0;
            }

            attainments[i] = (double)good / _window.Count;
        }

        return attainments;
    }

    private FleetEvaluation Summarise(Fleet fleet, List<ReplicationRun> runs, List<double> attainments, double error)
    {
        var attainment = Distribution.Of([.. attainments]);
        var half = Confidence.MeanHalfWidth(attainment.Count, attainment.StandardDeviation, error)!.Value;
        var latency = Distribution.Of([.. runs.SelectMany(Counted).Where(double.IsFinite)]);
        var (low, high) = (Math.Max(0, attainment.Mean - half), Math.Min(1, attainment.Mean + half));
        return new FleetEvaluation
        {
            Fleet = fleet,
            Replications = runs.Count,
            Attainment = attainment.Mean,
            Low = low,
            High = high,
            Verdict = low >= _question.Objective.Attainment ? FleetVerdict.Meets
                : high < _question.Objective.Attainment ? FleetVerdict.Misses : FleetVerdict.CannotTell,
            Confidence = Sureness(attainment),
            P50 = latency.P50,
            P95 = latency.P95,
            P99 = latency.P99,
            Utilisation = runs.Average(static run => run.Busy.Average()),
            UtilisationByKind = fleet.IsMix
                ? [runs.Average(run => run.Busy[..fleet.FirstCount].Average()), runs.Average(run => run.Busy[fleet.FirstCount..].Average())]
                : [runs.Average(static run => run.Busy.Average())],
            OnByKind = fleet.IsMix
                ? [runs.Average(run => run.On[..fleet.FirstCount].Sum()), runs.Average(run => run.On[fleet.FirstCount..].Sum())]
                : [runs.Average(static run => run.On.Sum())],
        };
    }

    private IEnumerable<double> Counted(ReplicationRun run) => run.Latencies.Skip(_window.Start).Take(_window.Count);

    private double Sureness(Distribution attainment)
    {
        var distance = attainment.Mean - _question.Objective.Attainment;
        var error = attainment.StandardDeviation / Math.Sqrt(attainment.Count);
        return error > 0 ? StudentT.CDF(0, 1, attainment.Count - 1, distance / error) : distance >= 0 ? 1 : 0;
    }
}
