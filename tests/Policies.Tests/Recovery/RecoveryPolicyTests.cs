using SimServe.Policies.Recovery;
using SimServe.Policies.Tests.Routing;

namespace SimServe.Policies.Tests.Recovery;

public sealed class RecoveryPolicyTests
{
    private const int Attempts = 3;
    private static readonly Request Request = RoutingFixture.Request(1, steps: 20);

    private static IEnumerable<TestCaseData> Policies() => PolicyCatalogue.Recovery.Select(static name => new TestCaseData(
        PolicyCatalogue.CreateRecovery(new RecoveryOptions { Kind = name, Attempts = Attempts, CheckpointSteps = 6 })).SetArgDisplayNames(name));

    [TestCaseSource(nameof(Policies))]
    public void Nobody_starts_beyond_the_steps_that_were_done_or_at_the_end(IRecoveryPolicy policy)
    {
        for (var done = 0; done <= Request.Steps; done++)
        {
            var decision = policy.Decide(Request, done, 1);
            Assert.That(decision.FromStep, Is.InRange(0, Math.Min(done, Request.Steps - 1)));
            Assert.That(policy.Decide(Request, done, 1), Is.EqualTo(decision), "asked again");
        }
    }

    [TestCaseSource(nameof(Policies))]
    public void A_request_never_goes_on_for_ever(IRecoveryPolicy policy) =>
        Assert.That(policy.Decide(Request, 5, Attempts), Is.EqualTo(RecoveryDecision.Fail));

    [Test]
    public void Fail_gives_up_at_once() => Assert.That(new FailWithDevice().Decide(Request, 5, 1), Is.EqualTo(RecoveryDecision.Fail));

    [TestCase(1, true)]
    [TestCase(2, true)]
    [TestCase(3, false)]
    public void Restart_begins_again_while_devices_may_fail(int failed, bool retries) =>
        Assert.That(
            new RestartElsewhere(Attempts).Decide(Request, 17, failed),
            Is.EqualTo(retries ? RecoveryDecision.RetryFrom(0) : RecoveryDecision.Fail));

    [TestCase(0, 0)]
    [TestCase(5, 0)]
    [TestCase(6, 6)]
    [TestCase(17, 12)]
    [TestCase(20, 18)]
    public void Resume_goes_on_from_the_last_checkpoint(int done, int from) =>
        Assert.That(new ResumeFromCheckpoint(Attempts, 6).Decide(Request, done, 1), Is.EqualTo(RecoveryDecision.RetryFrom(from)));

    [Test]
    public void There_is_no_checkpoint_after_the_last_step() =>
        Assert.That(new ResumeFromCheckpoint(Attempts, 5).Decide(Request, 20, 1), Is.EqualTo(RecoveryDecision.RetryFrom(15)));

    [Test]
    public void Options_out_of_range_are_refused()
    {
        Assert.That(static () => new RestartElsewhere(0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(static () => new ResumeFromCheckpoint(0, 1), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(static () => new ResumeFromCheckpoint(1, 0), Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
