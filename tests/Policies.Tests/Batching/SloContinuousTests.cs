using SimServe.Policies.Batching;

namespace SimServe.Policies.Tests.Batching;

public sealed class SloContinuousTests
{
    private static readonly Instant Now = Instant.FromSeconds(10);

    // A step takes 10 ms for every member: alone the member is done in 80 ms, with an arrival all the way in 160.
    [Test]
    public void Who_would_make_a_member_late_joins_when_so_few_steps_are_left_that_it_does_not()
    {
        // Six steps alone and two together make 100 ms. Asked again in the middle of the sixth.
        var decision = Decide([Member(8, 100)], Request(8));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(decision, Is.EqualTo(BatchDecision.WaitUntil(After(55))));
            Assert.That(Decide([Member(3, 100 - 50)], Request(8)).Admitted, Is.Zero, "a step too early");
            Assert.That(Decide([Member(2, 100 - 60)], Request(8)).Admitted, Is.EqualTo(1));
        }
    }

    [Test]
    public void Who_makes_nobody_late_joins_at_once()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Decide([Member(8, 160)], Request(8)).Admitted, Is.EqualTo(1));
            Assert.That(Decide([Member(8, 100)], Request(2)).Admitted, Is.EqualTo(1), "it is there for two steps only");
            Assert.That(Decide([Member(8, 79)], Request(8)).Admitted, Is.EqualTo(1), "the member is late in any case");
            Assert.That(Decide([Member(8, null)], Request(8)).Admitted, Is.EqualTo(1), "nothing was promised");
            Assert.That(Decide([Member(0, 1)], Request(8)).Admitted, Is.EqualTo(1), "the member leaves at this boundary");
        }
    }

    [Test]
    public void Who_joins_is_a_member_for_those_behind_it()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Decide([], Request(8, 160), Request(8), Request(8)).Admitted, Is.EqualTo(2));
            Assert.That(Decide([], Request(8, 80), Request(1), Request(8)).Admitted, Is.EqualTo(1), "nobody overtakes");
        }
    }

    [Test]
    public void A_deadline_is_that_of_the_image()
    {
        var batch = new StatedBatch(Now, Member(8, 165)) { Delivery = TimeSpan.FromMilliseconds(10) };
        Assert.That(Policy().Decide([Request(8)], batch, Now).Admitted, Is.Zero);
    }

    [Test]
    public void A_member_that_can_be_saved_at_no_later_step_makes_others_wait_for_a_departure() =>
        Assert.That(Decide([Member(8, 80)], Request(8)), Is.EqualTo(BatchDecision.Wait));

    [Test]
    public void Decisions_are_those_of_playing_the_batch_step_by_step()
    {
        var (stream, policy, refused) = (new RandomStream(3, "batches"), Policy(), 0);
        for (var i = 0; i < 5_000; i++)
        {
            RunningRequest[] members = [.. Enumerable.Range(0, stream.Next(1, 4)).Select(_ => Member(stream.Next(1, 12), stream.Next(3) == 0 ? null : stream.Next(20, 600), stream.Next(1, 200)))];
            var request = Request(stream.Next(1, 12)) with { MaskedTokens = stream.Next(1, 200) };
            var batch = new StatedBatch(Now, members) { StepTimes = static (count, tokens) => TimeSpan.FromMilliseconds(3 + count + (tokens / 10.0)) };
            var decision = policy.Decide([request], batch, Now);
            var steps = members.Min(static member => member.Steps);
            var first = Enumerable.Range(0, steps).Cast<int?>().FirstOrDefault(after => Saves(batch, members, request, after!.Value));
            var step = batch.StepTime(members.Length, members.Sum(static member => member.MaskedTokens));
            Assert.That(decision, Is.EqualTo(first switch
            {
                0 => BatchDecision.Admit(1),
                null => BatchDecision.Wait,
                { } after => BatchDecision.WaitUntil(Now + (after * step) - (step / 2)),
            }).Using<BatchDecision>(static (left, right) => left.Admitted == right.Admitted && left.WakeAt.HasValue == right.WakeAt.HasValue
                && Math.Abs((left.WakeAt?.Ticks ?? 0) - (right.WakeAt?.Ticks ?? 0)) <= 1));
            refused += decision.Admitted == 0 ? 1 : 0;
        }

        Assert.That(refused, Is.InRange(500, 4_500), "both happen");
    }

    // Whether whoever meets its deadline without the request meets it with the request, which joins after some steps.
    private static bool Saves(StatedBatch batch, RunningRequest[] members, WaitingRequest request, int after)
    {
        var (without, with) = (Ends(batch, members, null, 0), Ends(batch, members, request, after));
        return Enumerable.Range(0, members.Length).All(i => members[i].Deadline is not { } deadline || without[i] > deadline || with[i] <= deadline);
    }

    private static Instant[] Ends(StatedBatch batch, RunningRequest[] members, WaitingRequest? request, int after)
    {
        var (ends, now) = (new Instant[members.Length], Now);
        for (var step = 0; members.Any(member => member.Steps > step); step++)
        {
            var present = members.Where(member => member.Steps > step).ToArray();
            var joined = request is { } joiner && step >= after && step < after + joiner.Steps;
            now += batch.StepTime(present.Length + (joined ? 1 : 0), present.Sum(static member => member.MaskedTokens) + (joined ? request!.Value.MaskedTokens : 0));
            for (var i = 0; i < members.Length; i++)
            {
                ends[i] = members[i].Steps == step + 1 ? now : ends[i];
            }
        }

        return ends;
    }

    private static SloContinuousBatching Policy() => new(new ContinuousBatchingOptions { MaxBatchSize = 4 });

    private static BatchDecision Decide(RunningRequest[] members, params WaitingRequest[] waiting) => Policy().Decide(waiting, new StatedBatch(Now, members), Now);

    private static Instant After(double milliseconds) => Now + TimeSpan.FromMilliseconds(milliseconds);

    private static RunningRequest Member(int steps, int? deadlineMs, int tokens = 10) => new(tokens, steps, deadlineMs is { } ms ? After(ms) : null);

    private static WaitingRequest Request(int steps, int? objectiveMs = null) => new(
        default, Now, Now, 10, steps, objectiveMs is { } ms ? new ServiceClass("promised", 0, TimeSpan.FromMilliseconds(ms)) : ServiceClass.Default, TimeSpan.FromSeconds(1));
}
