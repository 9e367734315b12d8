using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Calibration;

/// <summary>The steps that workers of one machine took, and what a cost model says of them.</summary>
public sealed class ServedSteps
{
    private readonly ModelShape _model;
    private readonly ICostModel _costs;
    private readonly BatchSegment[] _segments;
    private readonly double[] _shares;
    private readonly BlockCost[] _blocks;

    /// <summary>Takes them from a run.</summary>
    /// <param name="model">The model that was served.</param>
    /// <param name="costs">What is said of a step while all workers compute, without a factor for service.</param>
    /// <param name="segments">What the workers did.</param>
    /// <param name="computeShares">Time of a step when 1, 2, ... workers compute, over the time when all do; <c>null</c> where workers do not slow each other.</param>
    public ServedSteps(ModelShape model, ICostModel costs, IReadOnlyList<BatchSegment> segments, IReadOnlyList<double>? computeShares)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(segments);
        (_model, _costs, _segments, _blocks) = (model, costs, [.. segments.Where(static segment => segment.Steps > 0 && segment.End > segment.Start)], new BlockCost[model.Blocks.Count]);
        _shares = [.. _segments.Select(segment => computeShares is { Count: > 0 } shares ? ShareDuring(segment, shares) : 1)];
    }

    private ServedSteps(ServedSteps from, Func<StepPlan, bool> which)
    {
        int[] kept = [.. Enumerable.Range(0, from._segments.Length).Where(index => which(from._segments[index].Plan))];
        (_model, _costs, _segments, _shares, _blocks) = (from._model, from._costs, [.. kept.Select(index => from._segments[index])], [.. kept.Select(index => from._shares[index])], from._blocks);
    }

    /// <summary>Whether no step was taken.</summary>
    public bool IsEmpty => _segments.Length == 0;

    /// <summary>Seconds of all steps together.</summary>
    public double MeasuredSeconds => _segments.Sum(Measured);

    /// <summary>Mean over all steps' time of the share that belongs to the number of workers computing.</summary>
    public double MeanShare => IsEmpty ? 1 : _segments.Zip(_shares, static (segment, share) => Measured(segment) * share).Sum() / MeasuredSeconds;

    /// <summary>Those of some plans; who computed beside them is still known.</summary>
    /// <param name="which">Whether a plan is one of them.</param>
    public ServedSteps Where(Func<StepPlan, bool> which)
    {
        ArgumentNullException.ThrowIfNull(which);
        return new ServedSteps(this, which);
    }

    /// <summary>Number of steps.</summary>
    public long Count => _segments.Sum(static segment => (long)segment.Steps);

    /// <summary>Seconds of all steps together as predicted.</summary>
    /// <param name="factor">How many times as long computation takes as the cost model says.</param>
    /// <param name="perStep">What comes on top of every step while all workers compute, seconds.</param>
    public double PredictedSeconds(double factor, double perStep = 0) => Enumerable.Range(0, _segments.Length).Sum(index => Predicted(index, factor, perStep));

    /// <summary>Seconds that the workers' own ControlNets take of that.</summary>
    public double ControlSeconds => Enumerable.Range(0, _segments.Length).Sum(Controls);

    /// <summary>Of every request, the time of the steps it was in over their predicted time.</summary>
    /// <param name="factor">How many times as long computation takes as the cost model says.</param>
    /// <param name="perStep">What comes on top of every step while all workers compute, seconds.</param>
    public double[] RequestRatios(double factor, double perStep = 0)
    {
        var sums = new Dictionary<RequestId, (double Measured, double Predicted)>();
        for (var i = 0; i < _segments.Length; i++)
        {
            var (measured, predicted) = (Measured(_segments[i]), Predicted(i, factor, perStep));
            foreach (var member in _segments[i].Plan.Members)
            {
                var sum = sums.GetValueOrDefault(member.Id);
                sums[member.Id] = (sum.Measured + measured, sum.Predicted + predicted);
            }
        }

        return [.. sums.Values.Select(static sum => sum.Measured / sum.Predicted)];
    }

    private static double Measured(BatchSegment segment) => (segment.End - segment.Start).TotalSeconds;

    private double Predicted(int index, double factor, double perStep)
    {
        var (segment, plan) = (_segments[index], _segments[index].Plan);
        var costs = ScaledCostModel.Of(_costs, factor * _shares[index]);
        BatchCosts.Fill(_model, costs, segment.BatchSize, plan.MaskedTokens, _blocks);
        BlockMode[] modes = plan.Modes as BlockMode[] ?? [.. plan.Modes];
        return segment.Steps * (StepTimeline.Evaluate(_blocks, modes, plan.LookAhead) + costs.StepOverhead(segment.BatchSize)).TotalSeconds + (segment.Steps * perStep * _shares[index]) + (factor * Controls(index));
    }

    // ControlNets of other devices run beside the step.
    private double Controls(int index) =>
        _segments[index].Steps * _shares[index] * (_model.ControlNet?.LocalTime(_costs, _segments[index].Plan, _model.Branches) ?? TimeSpan.Zero).TotalSeconds;

    // The harmonic mean over the segment's time of the share that belongs to the number of workers computing: what is done in a moment is its length over the share.
    private double ShareDuring(BatchSegment segment, IReadOnlyList<double> shares)
    {
        var edges = new SortedSet<long> { segment.Start.Ticks, segment.End.Ticks };
        var beside = _segments.Where(other => other.Worker != segment.Worker && other.Start < segment.End && other.End > segment.Start).ToArray();
        foreach (var other in beside)
        {
            edges.Add(Math.Max(other.Start.Ticks, segment.Start.Ticks));
            edges.Add(Math.Min(other.End.Ticks, segment.End.Ticks));
        }

        var done = 0.0;
        foreach (var (from, to) in edges.Zip(edges.Skip(1)))
        {
            var computing = 1 + beside.Count(other => other.Start.Ticks <= from && other.End.Ticks >= to);
            done += (to - from) / shares[Math.Min(computing, shares.Count) - 1];
        }

        return (segment.End.Ticks - segment.Start.Ticks) / done;
    }
}
