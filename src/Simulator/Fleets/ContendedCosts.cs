using SimServe.Policies;
using SimServe.Policies.Costs;

namespace SimServe.Simulator.Fleets;

// The times of a device whose loads get a part of their bandwidth only, and whose computation takes a part of its time while others of its machine are idle.
internal sealed class ContendedCosts : ICostModel
{
    private ICostModel _costs;

    public ContendedCosts(ICostModel costs) => _costs = costs;

    // The device's times at the size of the images that it works on.
    public void Use(ICostModel sized) => _costs = sized;

    // Of the link's bandwidth: above 0, at most 1.
    public double Share { get; set; } = 1;

    // Of the time to compute: above 0.
    public double ComputeShare { get; set; } = 1;

    public TimeSpan Encode => _costs.Encode;

    public TimeSpan Decode => _costs.Decode;

    public TimeSpan Compute(BlockKind kind, in Work work) => _costs.Compute(kind, work) * ComputeShare;

    public TimeSpan Control(BlockKind kind, in Work work) => _costs.Control(kind, work) * ComputeShare;

    public TimeSpan Load(long bytes) => _costs.Load(bytes) / Share;

    public TimeSpan StepOverhead(int members) => _costs.StepOverhead(members) * ComputeShare;

    public TimeSpan Record(int steps) => _costs.Record(steps);
}
