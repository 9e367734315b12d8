using SimServe.Policies;
using SimServe.Policies.Costs;

namespace SimServe.Simulator.Fleets;

// The times of a device whose loads get a part of their bandwidth only.
internal sealed class ContendedCosts(ICostModel costs) : ICostModel
{
    // Above 0, at most 1.
    public double Share { get; set; } = 1;

    public TimeSpan Encode => costs.Encode;

    public TimeSpan Decode => costs.Decode;

    public TimeSpan Compute(BlockKind kind, in Work work) => costs.Compute(kind, work);

    public TimeSpan Load(long bytes) => costs.Load(bytes) / Share;

    public TimeSpan StepOverhead(int members) => costs.StepOverhead(members);

    public TimeSpan Record(int steps) => costs.Record(steps);
}
