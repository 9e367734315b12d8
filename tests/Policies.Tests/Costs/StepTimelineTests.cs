using SimServe.Policies.Costs;

namespace SimServe.Policies.Tests.Costs;

public sealed class StepTimelineTests
{
    private static readonly BlockCost Block = new(new(10), new(3), new(13), new(5), new(2));

    [Test]
    public void Look_ahead_zero_loads_and_computes_in_turn() =>
        Assert.That(Evaluate([BlockMode.Cached, BlockMode.Cached, BlockMode.Cached], 0), Is.EqualTo(new TimeSpan(3 * 8)));

    [Test]
    public void Look_ahead_one_loads_while_the_block_before_computes() =>
        Assert.That(Evaluate([BlockMode.Cached, BlockMode.Cached, BlockMode.Cached], 1), Is.EqualTo(new TimeSpan((3 * 5) + 3)));

    [Test]
    public void A_bounded_look_ahead_waits_for_its_buffer()
    {
        // Block 0 computes for 13 without a load; one buffer ahead, block 2 may load only once block 0 has computed.
        var timings = new BlockTiming[3];
        BlockMode[] modes = [BlockMode.Recomputed, BlockMode.Cached, BlockMode.Cached];

        StepTimeline.Evaluate([Block, Block, Block], modes, 1, timings);

        Assert.That(timings[1].CopyStart, Is.EqualTo(TimeSpan.Zero));
        Assert.That(timings[2].CopyStart, Is.EqualTo(new TimeSpan(13)));
        Assert.That(timings[2].ComputeEnd, Is.EqualTo(new TimeSpan(13 + 5 + 3)));
    }

    [Test]
    public void Resuming_the_template_after_a_cached_block_loads_its_other_rows()
    {
        Assert.That(Evaluate([BlockMode.Cached, BlockMode.Recomputed], StepTimeline.Unlimited), Is.EqualTo(new TimeSpan(8 + 13)));
        var timings = new BlockTiming[2];
        StepTimeline.Evaluate([Block, Block], [BlockMode.Cached, BlockMode.Recomputed], StepTimeline.Unlimited, timings);
        Assert.That(timings[1].CopyEnd - timings[1].CopyStart, Is.EqualTo(new TimeSpan(2)));
    }

    [Test]
    public void Lengths_that_differ_are_refused() =>
        Assert.That(() => StepTimeline.Evaluate([Block], [], 0), Throws.ArgumentException.With.Message.Contains("1 modes"));

    private static TimeSpan Evaluate(BlockMode[] modes, int lookAhead) =>
        StepTimeline.Evaluate([.. modes.Select(static _ => Block)], modes, lookAhead);
}
