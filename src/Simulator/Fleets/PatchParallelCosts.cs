using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Simulator.Calibration;

namespace SimServe.Simulator.Fleets;

/// <summary>The times of a worker whose devices compute a patch each. ControlNets are not divided: every device runs all of them.</summary>
/// <param name="costs">One device's times.</param>
/// <param name="model">The model that is served.</param>
/// <param name="patches">How it is divided.</param>
public sealed class PatchParallelCosts(ICostModel costs, ModelShape model, PatchParallelism patches) : ICostModel
{
    private readonly CostsBySize _sizes = new(sized => new PatchParallelCosts(costs.At(sized), sized, patches));

    /// <inheritdoc/>
    public TimeSpan Encode => costs.Encode;

    /// <inheritdoc/>
    public TimeSpan Decode => costs.Decode;

    /// <inheritdoc/>
    public TimeSpan Compute(BlockKind kind, in Work work) => costs.Compute(kind, PatchOf(work)) + (costs.Compute(kind, work) * patches.LossShare);

    /// <inheritdoc/>
    public TimeSpan Control(BlockKind kind, in Work work) => costs.Control(kind, work);

    /// <inheritdoc/>
    public TimeSpan Load(long bytes) => costs.Load(bytes);

    /// <inheritdoc/>
    public TimeSpan StepOverhead(int members) => costs.StepOverhead(members) + patches.Unhidden(model, this, members);

    /// <inheritdoc/>
    public TimeSpan Record(int steps) => costs.Record(steps);

    /// <inheritdoc/>
    public ICostModel At(ModelShape model) => _sizes.Of(model);

    // The patch that has one more where it does not divide: the others wait for it.
    private Work PatchOf(in Work work) => work with
    {
        Rows = Share(work.Rows),
        ReusedRows = Share(work.ReusedRows),
        LinearFlops = Share(work.LinearFlops),
        AttentionFlops = Share(work.AttentionFlops),
        ConvolutionFlops = Share(work.ConvolutionFlops),
    };

    private long Share(long amount) => (amount + patches.Devices - 1) / patches.Devices;
}
