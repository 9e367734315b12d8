using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Serving;
using SimServe.Simulator.Planning;

namespace SimServe.Simulator.Calibration;

/// <summary>How many times as long computation takes in service as in the profiler's tight loops.</summary>
/// <remarks>
/// In service threads sleep and wake, caches are cold after a pause, and pre- and post-processing run beside the steps. One factor on all computation is found from a short run
/// that serves requests made for the purpose: with it the steps of that run would have been predicted right in total. Loads keep to their link and have no factor.
/// </remarks>
public static class ServiceFactor
{
    private const double Least = 0.2;
    private const double Most = 5;
    private const int Halvings = 40;

    /// <summary>Finds the factor.</summary>
    /// <param name="model">The model that was served.</param>
    /// <param name="costs">What the profile says, without a factor.</param>
    /// <param name="segments">What the workers did; at least one step.</param>
    /// <returns>From 0.2 to 5.</returns>
    /// <exception cref="ArgumentException">No step was taken.</exception>
    public static double Of(ModelShape model, ICostModel costs, IReadOnlyList<BatchSegment> segments)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(segments);
        var steps = segments.Where(static segment => segment.Steps > 0).ToArray();
        if (steps.Length == 0)
        {
            throw new ArgumentException("No step was taken: nothing is known of service.", nameof(segments));
        }

        var measured = steps.Sum(static segment => (segment.End - segment.Start).TotalSeconds);
        var (low, high) = (Least, Most);
        for (var i = 0; i < Halvings; i++)
        {
            var middle = Math.Sqrt(low * high);
            (low, high) = Predicted(model, ScaledCostModel.Of(costs, middle), steps) < measured ? (middle, high) : (low, middle);
        }

        return Math.Sqrt(low * high);
    }

    // The time rises with the factor, so halving finds it.
    private static double Predicted(ModelShape model, ICostModel costs, BatchSegment[] steps)
    {
        var (blocks, sum) = (new BlockCost[model.Blocks.Count], 0.0);
        foreach (var segment in steps)
        {
            var plan = segment.Plan;
            BatchCosts.Fill(model, costs, segment.BatchSize, plan.MaskedTokens, blocks);
            BlockMode[] modes = plan.Modes as BlockMode[] ?? [.. plan.Modes];
            sum += segment.Steps * (StepTimeline.Evaluate(blocks, modes, plan.LookAhead) + costs.StepOverhead(segment.BatchSize)).TotalSeconds;
        }

        return sum;
    }
}
