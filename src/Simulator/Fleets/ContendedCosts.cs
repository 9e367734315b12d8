using SimServe.Policies;
using SimServe.Policies.Costs;

namespace SimServe.Simulator.Fleets;

// The times of a device whose loads get a part of their bandwidth only.
internal sealed class ContendedCosts : ICostModel
{
    private ICostModel _costs;

    public ContendedCosts(ICostModel costs) => _costs = costs;

    // The device's times at the size of the images that it works on.
    public void Use(ICostModel sized) => _costs = sized;

    // Above 0, at most 1.
    public double Share { get; set; } = 1;

    public TimeSpan Encode => _costs.Encode;

    public TimeSpan Decode => _costs.Decode;

    public TimeSpan Compute(BlockKind kind, in Work work) => _costs.Compute(kind, work);

    public TimeSpan Load(long bytes) => _costs.Load(bytes) / Share;

    public TimeSpan StepOverhead(int members) => _costs.StepOverhead(members);

    public TimeSpan Record(int steps) => _costs.Record(steps);
}
