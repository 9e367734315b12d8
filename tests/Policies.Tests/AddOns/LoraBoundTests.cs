using SimServe.Policies.AddOns;

namespace SimServe.Policies.Tests.AddOns;

public sealed class LoraBoundTests
{
    [TestCase(new[] { 1.0, 0.995, 0.98, 0.999 }, 2, TestName = "The paper's bound is the last step before the first that is unlike")]
    [TestCase(new[] { 0.9, 1, 1 }, 0, TestName = "It is 0 where the first step is unlike")]
    [TestCase(new[] { 0.99, 0.99 }, 2, TestName = "It is all steps where none is, the threshold itself being alike")]
    [TestCase(new[] { 1, double.NaN, 1 }, 1, TestName = "What is no number is unlike")]
    public void OfSimilarity(double[] means, int bound) =>
        Assert.That(LoraBound.OfSimilarity([.. means.Select(static (mean, step) => new StepLikeness(step + 1, new Likeness(mean, mean)))], 0.99), Is.EqualTo(bound));

    [Test]
    public void Ours_is_the_latest_of_the_measured_ones_before_the_first_image_that_is_off()
    {
        LateLora[] late = [Late(0, 1), Late(4, 0.97), Late(8, 0.94), Late(12, 0.99)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(LoraBound.OfImages(late, 0.95), Is.EqualTo(4));
            Assert.That(LoraBound.OfImages(late, 0.99), Is.Zero);
            Assert.That(LoraBound.OfImages(late, 0.9), Is.EqualTo(12));
        }
    }

    private static LateLora Late(int steps, double ssim) => new(steps, Likeness.Same, new Likeness(ssim, 0));
}
