using SimServe.Policies;
using SimServe.Policies.Costs;

namespace SimServe.Simulator.Tests.Devices;

/// <summary>Costs that a test states outright.</summary>
internal sealed class TestCosts : ICostModel
{
    public Func<int, TimeSpan> Overhead { get; init; } = static _ => TimeSpan.FromMilliseconds(1);

    public double FlopsPerSecond { get; init; } = 50e9;

    public double BytesPerSecond { get; init; } = 2e8;

    public TimeSpan Encode { get; init; } = TimeSpan.FromMilliseconds(2);

    public TimeSpan Decode { get; init; } = TimeSpan.FromMilliseconds(3);

    public TimeSpan Compute(BlockKind kind, in Work work) => Duration.FromSeconds(work.Flops / FlopsPerSecond);

    public TimeSpan Load(long bytes) => Duration.FromSeconds(bytes / BytesPerSecond);

    public TimeSpan StepOverhead(int members) => Overhead(members);

    public TimeSpan Record(int steps) => steps * TimeSpan.FromMilliseconds(60);
}
