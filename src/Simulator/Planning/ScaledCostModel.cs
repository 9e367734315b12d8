using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Simulator.Calibration;

namespace SimServe.Simulator.Planning;

/// <summary>A cost model whose compute times are all longer or shorter by one factor; loads keep theirs.</summary>
/// <param name="costs">The times as predicted.</param>
/// <param name="factor">Finite, greater than 0.</param>
internal sealed class ScaledCostModel(ICostModel costs, double factor) : ICostModel
{
    private readonly CostsBySize _sizes = new(model => new ScaledCostModel(costs.At(model), factor));

    public TimeSpan Encode { get; } = costs.Encode * factor;

    public TimeSpan Decode { get; } = costs.Decode * factor;

    public TimeSpan Compute(BlockKind kind, in Work work) => costs.Compute(kind, work) * factor;

    public TimeSpan Load(long bytes) => costs.Load(bytes);

    public TimeSpan StepOverhead(int members) => costs.StepOverhead(members) * factor;

    public TimeSpan Record(int steps) => costs.Record(steps) * factor;

    public ICostModel At(ModelShape model) => _sizes.Of(model);

    // Without an error the model itself: workers with one and the same model share a planner.
    public static ICostModel Of(ICostModel costs, double factor) => factor == 1 ? costs : new ScaledCostModel(costs, factor);
}
