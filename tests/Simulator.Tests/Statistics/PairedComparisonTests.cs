using SimServe.Simulator.Statistics;

namespace SimServe.Simulator.Tests.Statistics;

public sealed class PairedComparisonTests
{
    // Student, "The probable error of a mean" (1908): extra hours of sleep of ten patients by two drugs; R's t.test(extra, paired = TRUE).
    private static readonly double[] First = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
    private static readonly double[] Second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

    [Test]
    public void Of_students_sleep_data_is_the_published_interval()
    {
        var found = PairedComparison.Of(First, Second, 0.05, 0.01);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(found.Replications, Is.EqualTo(10));
            Assert.That(found.Difference, Is.EqualTo(1.58).Within(1e-12));
            Assert.That(found.Low, Is.EqualTo(0.7001142).Within(5e-7));
            Assert.That(found.High, Is.EqualTo(2.4598858).Within(5e-7));
            Assert.That(found.Verdict, Is.EqualTo(Verdict.FirstIsLower));
        }
    }

    [Test]
    public void Exchanged_variants_give_the_mirrored_verdict() =>
        Assert.That(PairedComparison.Of(Second, First, 0.05, 0.01).Verdict, Is.EqualTo(Verdict.SecondIsLower));

    [Test]
    public void Identical_variants_differ_by_exactly_zero()
    {
        var found = PairedComparison.Of(First, First, 0.001, 0);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((found.Difference, found.Low, found.High), Is.EqualTo((0.0, 0.0, 0.0)));
            Assert.That(found.Verdict, Is.EqualTo(Verdict.NoDifference));
            Assert.That(found.VarianceRemoved, Is.EqualTo(1));
        }
    }

    [Test]
    public void A_certain_difference_below_the_indifference_is_none_worth_mentioning() =>
        Assert.That(PairedComparison.Of([10, 11, 12], [10.01, 11.01, 12.01], 0.05, 0.01).Verdict, Is.EqualTo(Verdict.NoDifference));

    [Test]
    public void Opposite_variants_are_told_that_pairing_did_harm() =>
        Assert.That(PairedComparison.Of([1, 2, 3], [3, 2, 1], 0.05, 0.01).VarianceRemoved, Is.EqualTo(-1).Within(1e-12));

    [Test]
    public void Nothing_that_varies_leaves_no_variance_to_remove() =>
        Assert.That(PairedComparison.Of([1, 1], [1, 1], 0.05, 0.01).VarianceRemoved, Is.Null);
}
