using SimServe.GpuBackend.Devices;
using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Suites;

namespace SimServe.Cli.Validation.Suites;

/// <summary>Where the time of real steps went, term by term, beside what the cost model says of the same steps.</summary>
/// <remarks>A step counts for every request in it: sums over the number of requests are parts of the mean latency. Called by the devices' threads.</remarks>
/// <param name="model">The model.</param>
/// <param name="costs">The times that planners believe in.</param>
internal sealed class StepMeter(ModelShape model, ICostModel costs)
{
    public const string Waiting = "waiting for rows";

    private readonly Lock _gate = new();
    private readonly List<(int Members, int MaskedTokens, BlockMode[] Modes, int LookAhead, StepTrace Trace)> _steps = [];

    /// <summary>How many times as long as the cost model says computation took in the steps so far.</summary>
    /// <param name="share">Share of that time that belongs to the number of workers that computed.</param>
    public double Pace(double share)
    {
        var compute = Close(share, 1).Where(static term => term.Term != Waiting).ToArray();
        return compute.Sum(static term => term.Measured) / compute.Sum(static term => term.Predicted);
    }

    public void Add(StepPlan plan, StepTrace trace)
    {
        lock (_gate)
        {
            _steps.Add((plan.Members.Count, plan.MaskedTokens, [.. plan.Modes], plan.LookAhead, trace));
        }
    }

    /// <summary>The terms of all steps so far.</summary>
    /// <param name="factor">How many times as long computation takes as the cost model says, in these steps.</param>
    /// <param name="requests">Requests that were served.</param>
    public IReadOnlyList<TermError> Close(double factor, int requests)
    {
        var (scaled, blocks) = (ScaledCostModel.Of(costs, factor), new BlockCost[model.Blocks.Count]);
        var sums = new SortedDictionary<string, (double Predicted, double Measured)>(StringComparer.Ordinal);
        foreach (var (members, tokens, modes, lookAhead, trace) in _steps)
        {
            BatchCosts.Fill(model, scaled, members, tokens, blocks);
            var compute = 0.0;
            for (var i = 0; i < modes.Length; i++)
            {
                compute += blocks[i].Compute(modes[i]).TotalSeconds;
                Add(sums, ProfileTerm.Block(model.Blocks[i].Kind), members * blocks[i].Compute(modes[i]).TotalSeconds, members * trace.ComputeSeconds(model.Blocks, i));
            }

            Add(sums, Waiting, members * (StepTimeline.Evaluate(blocks, modes, lookAhead).TotalSeconds - compute), members * trace.WaitSeconds);
            Add(sums, ProfileTerm.StepOverhead, members * scaled.StepOverhead(members).TotalSeconds, members * trace.OverheadSeconds(model.Blocks));
        }

        return [.. sums.Select(sum => new TermError(sum.Key, sum.Value.Predicted / requests, sum.Value.Measured / requests))];
    }

    private static void Add(SortedDictionary<string, (double Predicted, double Measured)> sums, string term, double predicted, double measured)
    {
        var sum = sums.GetValueOrDefault(term);
        sums[term] = (sum.Predicted + predicted, sum.Measured + measured);
    }
}
