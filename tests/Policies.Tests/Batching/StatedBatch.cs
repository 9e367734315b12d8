using SimServe.Policies.Batching;

namespace SimServe.Policies.Tests.Batching;

/// <summary>A batch as a test states it, whose steps take a hundredth of a second for every member, whatever its mask.</summary>
internal sealed class StatedBatch(Instant boundary, params RunningRequest[] members) : IBatchView
{
    public Func<int, int, TimeSpan> StepTimes { get; init; } = static (count, _) => TimeSpan.FromMilliseconds(10 * count);

    public int Running => members.Length;

    public Instant Boundary => boundary;

    public TimeSpan Delivery { get; init; }

    public RunningRequest Member(int index) => members[index];

    public TimeSpan StepTime(int members, int maskedTokens) => StepTimes(members, maskedTokens);
}
