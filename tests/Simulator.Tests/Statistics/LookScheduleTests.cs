using SimServe.Simulator.Statistics;

namespace SimServe.Simulator.Tests.Statistics;

public sealed class LookScheduleTests
{
    [TestCase(2, new[] { 2 })]
    [TestCase(8, new[] { 8 })]
    [TestCase(9, new[] { 8, 9 })]
    [TestCase(100, new[] { 8, 16, 32, 64, 100 })]
    [TestCase(256, new[] { 8, 16, 32, 64, 128, 256 })]
    public void Looks_double_and_end_at_the_most(int most, int[] counts) =>
        Assert.That(LookSchedule.Of(most, 0.05).Select(static look => look.Replications), Is.EqualTo(counts));

    [Test]
    public void All_looks_together_spend_the_error([Values(2, 8, 9, 100, 256, int.MaxValue)] int most) =>
        Assert.That(LookSchedule.Of(most, 0.05).Sum(static look => look.Error), Is.EqualTo(0.05).Within(1e-15));

    [Test]
    public void Spent_error_is_in_proportion_to_the_samples()
    {
        var spent = 0.0;
        foreach (var look in LookSchedule.Of(100, 0.1))
        {
            spent += look.Error;
            Assert.That(spent, Is.EqualTo(0.1 * look.Replications / 100).Within(1e-15));
        }
    }

    [TestCase(1, 0.05)]
    [TestCase(8, 0)]
    [TestCase(8, 1)]
    public void Of_nonsense_throws(int most, double error) =>
        Assert.That(() => LookSchedule.Of(most, error), Throws.InstanceOf<ArgumentOutOfRangeException>());
}
