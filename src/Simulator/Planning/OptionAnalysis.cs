using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Catalogue;

namespace SimServe.Simulator.Planning;

/// <summary>Works out <see cref="OptionFacts"/>: queueing bounds and what binds.</summary>
/// <param name="question">The question.</param>
/// <param name="sample">Requests to look at.</param>
/// <param name="bounds">Their bounds.</param>
internal sealed class OptionAnalysis(CapacityQuestion question, Request[] sample, RequestBounds bounds)
{
    private const double UsableMemory = 0.9;

    public OptionFacts Of(int option)
    {
        var fleet = question.Options[option];
        var costs = ScaledCostModel.Of(fleet.Costs, question.PlannedFactor);
        // A bound must hold where every template lies in the devices' memory.
        var alone = new AloneLatency(question.Model, costs, question.Policies, resident: question.Hosts is { Host.DeviceCacheBytes: > 0 });
        double[] seconds = [.. sample.Select(request => alone.Seconds(request.Mask.MaskedTokens, request.Steps))];
        var kept = (double)sample.Where((request, index) => seconds[index] <= bounds.Of(request)).Count() / sample.Length;
        var sorted = seconds.Order().ToArray();
        var quantile = sorted[Math.Min(sorted.Length - 1, (int)Math.Ceiling(question.Objective.Attainment * sorted.Length) - 1)];
        var weights = ModelWeights.Bytes(question.Model);
        var tooLarge = weights > UsableMemory * fleet.MemoryBytes;
        var facts = new OptionFacts
        {
            Option = option,
            RequestsPerSecond = Rate(costs, alone),
            AloneSeconds = quantile,
            AttainmentAlone = kept,
            LoadOverCompute = LoadOverCompute(costs),
            WeightBytes = weights,
            Impossible = null,
            Helps = kept > 0 && !tooLarge,
        };
        return facts with { Impossible = tooLarge ? TooLarge(fleet, weights!.Value) : TooSlow(fleet, facts) };
    }

    private int MeanMasked => Math.Max(1, (int)Math.Round(sample.Average(static request => request.Mask.MaskedTokens)));

    // Utilisation law: no policy gets more out of a worker than its best batch does, step after step.
    private double Rate(ICostModel costs, AloneLatency alone)
    {
        var steps = sample[0].Steps;
        var beside = (costs.Encode + costs.Decode).TotalSeconds;
        var best = 0.0;
        for (var batch = 1; batch <= question.Policies.MaxBatchSize; batch++)
        {
            var step = Math.Max(1e-7, alone.StepTime(batch, batch * MeanMasked).TotalSeconds);
            best = Math.Max(best, batch / (steps * step));
        }

        return beside > 0 ? Math.Min(best, 1 / beside) : best;
    }

    private double LoadOverCompute(ICostModel costs)
    {
        var blocks = new BlockCost[question.Model.Blocks.Count];
        BatchCosts.Fill(question.Model, costs, 1, MeanMasked, blocks);
        var compute = blocks.Sum(static block => block.Cached.TotalSeconds);
        return compute > 0 ? blocks.Sum(static block => block.Load.TotalSeconds) / compute : 0;
    }

    private static string TooLarge(FleetOption option, double weights) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"device memory: the weights of the model and its encoders take {weights / 1e9:0.0} GB; an {option.Device.Name} has {option.MemoryBytes / 1e9:0} GB, of which {UsableMemory:0%} may hold weights");

    private string? TooSlow(FleetOption option, OptionFacts facts)
    {
        if (facts.AttainmentAlone >= question.Objective.Attainment)
        {
            return null;
        }

        var link = facts.LoadOverCompute > 1
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"; its link binds: loading takes {facts.LoadOverCompute:0.0} times the computation")
            : "";
        return string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"latency alone: on an idle {option.Device.Name} {question.Objective.Attainment * 100:0.##} % of the requests take up to {facts.AloneSeconds:0.0} s, and {facts.AttainmentAlone:0.0%} keep the objective ({question.Objective}){link}");
    }
}
