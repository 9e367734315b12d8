using SimServe.Policies.Scaling;

namespace SimServe.Policies.Tests.Scaling;

/// <summary>What holds for every scaling policy.</summary>
public sealed class ScalingPolicyTests
{
    private static readonly ScalingOptions Options = new() { Schedule = [new(TimeSpan.FromMinutes(1), 3), new(TimeSpan.FromMinutes(5), 1)] };

    private static IEnumerable<TestCaseData> Policies() => PolicyCatalogue.Scaling.Where(static name => name != ScalingOptions.None).Select(static name =>
        new TestCaseData((Func<IScalingPolicy>)(() => PolicyCatalogue.CreateScaling(Options with { Kind = name })!)).SetArgDisplayNames(name));

    [TestCaseSource(nameof(Policies))]
    public void There_is_always_a_worker(Func<IScalingPolicy> create)
    {
        foreach (var wish in Decide(create(), 1))
        {
            Assert.That(wish, Is.GreaterThanOrEqualTo(1));
        }
    }

    [TestCaseSource(nameof(Policies))]
    public void Same_inputs_give_the_same_decisions(Func<IScalingPolicy> create) =>
        Assert.That(Decide(create(), 2), Is.EqualTo(Decide(create(), 2)));

    [TestCaseSource(nameof(Policies))]
    public void An_empty_fleet_with_nothing_to_do_gets_one_worker(Func<IScalingPolicy> create) =>
        Assert.That(create().Decide(default, Instant.Start), Is.EqualTo(1));

    [Test]
    public void The_policy_of_a_fixed_fleet_is_none() => Assert.That(PolicyCatalogue.CreateScaling(new ScalingOptions()), Is.Null);

    private static int[] Decide(IScalingPolicy policy, long seed)
    {
        var (stream, now) = (new RandomStream(seed, "loads"), Instant.Start);
        return [.. Enumerable.Range(0, 500).Select(_ =>
        {
            now += Options.Interval;
            return policy.Decide(
                new FleetLoad(stream.Next(4), stream.Next(4), stream.Next(4), stream.Next(40), stream.Next(20), stream.Next(100), stream.NextDouble(), Options.Interval),
                now);
        })];
    }
}
