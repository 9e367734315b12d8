using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Simulator.Calibration;

namespace SimServe.Simulator.Fleets;

/// <summary>The times of a device whose batches a processor puts together before every step.</summary>
/// <param name="costs">The device's own times.</param>
/// <param name="assembly">Time of every step that goes to it; not negative. FlashPS (EuroSys '26, section 6.6) measured 1.2 ms.</param>
public sealed class AssembledCosts(ICostModel costs, TimeSpan assembly) : ICostModel
{
    private readonly CostsBySize _sizes = new(model => new AssembledCosts(costs.At(model), assembly));

    /// <inheritdoc/>
    public TimeSpan Encode => costs.Encode;

    /// <inheritdoc/>
    public TimeSpan Decode => costs.Decode;

    /// <inheritdoc/>
    public TimeSpan Compute(BlockKind kind, in Work work) => costs.Compute(kind, work);

    /// <inheritdoc/>
    public TimeSpan Control(BlockKind kind, in Work work) => costs.Control(kind, work);

    /// <inheritdoc/>
    public TimeSpan Load(long bytes) => costs.Load(bytes);

    /// <inheritdoc/>
    public TimeSpan StepOverhead(int members) => costs.StepOverhead(members) + assembly;

    /// <inheritdoc/>
    public TimeSpan Record(int steps) => costs.Record(steps) + new TimeSpan(steps * assembly.Ticks);

    /// <inheritdoc/>
    public ICostModel At(ModelShape model) => _sizes.Of(model);
}
