using SimServe.Policies;
using SimServe.Policies.Costs;

namespace SimServe.GpuBackend.Tests.Devices;

/// <summary>Costs for tests in which nothing depends on what steps are thought to take.</summary>
internal sealed class AnyCosts : ICostModel
{
    public TimeSpan Encode => TimeSpan.FromMilliseconds(1);

    public TimeSpan Decode => TimeSpan.FromMilliseconds(1);

    public TimeSpan Compute(BlockKind kind, in Work work) => TimeSpan.FromMilliseconds(1);

    public TimeSpan Load(long bytes) => TimeSpan.FromMilliseconds(1);

    public TimeSpan StepOverhead(int members) => TimeSpan.FromMilliseconds(1);

    public TimeSpan Record(int steps) => TimeSpan.FromMilliseconds(20);
}
