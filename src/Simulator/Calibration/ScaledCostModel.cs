using SimServe.Policies;
using SimServe.Policies.Costs;

namespace SimServe.Simulator.Calibration;

/// <summary>A cost model whose compute times are all longer or shorter by one factor; loads keep theirs.</summary>
/// <param name="costs">The times as predicted.</param>
/// <param name="factor">Finite, greater than 0.</param>
public sealed class ScaledCostModel(ICostModel costs, double factor) : ICostModel
{
    private readonly CostsBySize _sizes = new(model => new ScaledCostModel(costs.At(model), factor));

    /// <inheritdoc/>
    public TimeSpan Encode { get; } = costs.Encode * factor;

    /// <inheritdoc/>
    public TimeSpan Decode { get; } = costs.Decode * factor;

    /// <inheritdoc/>
    public TimeSpan Compute(BlockKind kind, in Work work) => costs.Compute(kind, work) * factor;

    /// <inheritdoc/>
    public TimeSpan Control(BlockKind kind, in Work work) => costs.Control(kind, work) * factor;

    /// <inheritdoc/>
    public TimeSpan Load(long bytes) => costs.Load(bytes);

    /// <inheritdoc/>
    public TimeSpan StepOverhead(int members) => costs.StepOverhead(members) * factor;

    /// <inheritdoc/>
    public TimeSpan Record(int steps) => costs.Record(steps) * factor;

    /// <inheritdoc/>
    public ICostModel At(ModelShape model) => _sizes.Of(model);

    /// <summary>A cost model's times, some times as long.</summary>
    /// <param name="costs">The times as predicted.</param>
    /// <param name="factor">Finite, greater than 0; of 1 the model itself, since workers with one and the same model share a planner.</param>
    public static ICostModel Of(ICostModel costs, double factor) => factor == 1 ? costs : new ScaledCostModel(costs, factor);
}
