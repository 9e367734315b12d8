using MathNet.Numerics.Distributions;
using SimServe.Policies;
using SimServe.Simulator.Statistics;

namespace SimServe.Simulator.Tests.Statistics;

/// <summary>The sequential rule on samples whose true difference is known.</summary>
public sealed class SequentialComparisonTests
{
    private static readonly int[] LookedAt = [8, 16, 32, 64];

    // Both variants share a large part of their randomness, as common random numbers make them.
    private static Func<int, int, double> Pairs(long seed, params double[] means) => (variant, replication) =>
        means[variant]
        + (3 * new RandomStream(seed, $"shared {replication}").NextGaussian())
        + new RandomStream(seed, $"own {variant} {replication}").NextGaussian();

    [Test]
    public void Without_a_true_difference_looking_often_does_not_raise_the_error()
    {
        const int Runs = 1000;
        const double Error = 0.1;
        var options = new SequentialOptions { Variants = 2, MostReplications = 64, Confidence = 1 - Error, Indifference = 0, Threads = 1 };
        var wrong = Enumerable.Range(0, Runs).Count(run =>
            new SequentialComparison(options, Pairs(run, 10, 10)).Run().Pairs[0].Verdict != Verdict.CannotTellYet);

        // Were the true rate as high as allowed, more than this would be seen once in a million times.
        Assert.That(wrong, Is.LessThanOrEqualTo(UpperQuantile(Runs, Error, 1e-6)));

        // A rule that never decides would pass too: the last look alone spends half the error, exactly, as the samples are normal.
        Assert.That(wrong, Is.GreaterThanOrEqualTo(Runs - UpperQuantile(Runs, 1 - (Error / 2), 1e-6)));
    }

    [Test]
    public void A_fixed_interval_at_every_look_would_raise_it()
    {
        const int Runs = 1000;
        var wrong = Enumerable.Range(0, Runs).Count(run =>
        {
            var draw = Pairs(run, 10, 10);
            double[][] samples = [.. Enumerable.Range(0, 2).Select(variant => Enumerable.Range(0, 64).Select(i => draw(variant, i)).ToArray())];
            return LookedAt.Any(count =>
                PairedComparison.Of(samples[0].AsSpan(0, count), samples[1].AsSpan(0, count), 0.1, 0).Verdict != Verdict.CannotTellYet);
        });
        Assert.That(wrong, Is.GreaterThan(UpperQuantile(Runs, 0.1, 1e-6)));
    }

    [Test]
    public void A_real_difference_is_found_and_the_run_stops_early()
    {
        var result = new SequentialComparison(new SequentialOptions { Variants = 2, MostReplications = 1024 }, Pairs(1, 10, 14)).Run();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Pairs[0].Verdict, Is.EqualTo(Verdict.FirstIsLower));
            Assert.That(result.Pairs[0].Replications, Is.LessThan(1024));
            Assert.That(result.Pairs[0].Low, Is.LessThan(4));
            Assert.That(result.Pairs[0].High, Is.GreaterThan(4));
        }
    }

    [Test]
    public void Identical_variants_stop_at_the_first_look()
    {
        var draw = Pairs(1, 10);
        var result = new SequentialComparison(new SequentialOptions { Variants = 2 }, (_, replication) => draw(0, replication)).Run();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Pairs[0].Difference, Is.Zero);
            Assert.That(result.Pairs[0].Verdict, Is.EqualTo(Verdict.NoDifference));
            Assert.That(result.Pairs[0].Replications, Is.EqualTo(LookSchedule.First));
        }
    }

    // The true share is 1 - (1 + 1) / (10 + 10); Fisher's transform gives a correlation of 0.9 at 256 pairs an error of 0.012.
    [Test]
    public void Pairing_removes_the_variance_that_is_shared()
    {
        var options = new SequentialOptions { Variants = 2, MostReplications = 256, Indifference = 0 };
        var pair = new SequentialComparison(options, Pairs(3, 10, 10)).Run().Pairs[0];
        Assert.That(pair.VarianceRemoved, Is.EqualTo(0.9).Within(0.06));
    }

    [Test]
    public void The_number_of_threads_changes_nothing()
    {
        SequentialResult Run(int threads) => new SequentialComparison(
            new SequentialOptions { Variants = 3, MostReplications = 128, Threads = threads }, Pairs(5, 10, 10.3, 13)).Run();
        var (one, many) = (Run(1), Run(8));
        Assert.That(many.Pairs, Is.EqualTo(one.Pairs));
        Assert.That(many.Samples, Is.EqualTo(one.Samples));
    }

    [Test]
    public void A_decided_variant_is_sampled_no_more_and_keeps_its_verdict()
    {
        var result = new SequentialComparison(
            new SequentialOptions { Variants = 3, MostReplications = 64, Indifference = 0 }, Pairs(7, 10, 10, 100)).Run();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Pairs[1].Verdict, Is.EqualTo(Verdict.FirstIsLower));
            Assert.That(result.Samples[2], Has.Count.EqualTo(LookSchedule.First).And.Count.EqualTo(result.Pairs[1].Replications));
            Assert.That(result.Samples[0], Has.Count.EqualTo(result.Samples[1].Count));
        }
    }

    private static int UpperQuantile(int trials, double probability, double tail)
    {
        var count = 0;
        while (1 - Binomial.CDF(probability, trials, count) > tail)
        {
            count++;
        }

        return count;
    }
}
