using MathNet.Numerics;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Workloads;

public sealed class RenewalArrivalsTests
{
    private const int Requests = 200_000;
    private const double Rate = 4;

    [TestCase(0.1)]
    [TestCase(0.5)]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Gamma_gaps_have_the_mean_and_the_variation_asked_for(double variation)
    {
        // Kurtosis of a gamma distribution: 3 + 6 / shape.
        CheckMoments(RenewalArrivals.Gamma(Rate, variation), variation, 3 + (6 * variation * variation));
    }

    [TestCase(0.1)]
    [TestCase(0.5)]
    [TestCase(1)]
    [TestCase(1.5)]
    public void Weibull_gaps_have_the_mean_and_the_variation_asked_for(double variation) =>
        CheckMoments(RenewalArrivals.Weibull(Rate, variation), variation, WeibullKurtosis(WeibullShape.Of(variation)));

    [Test]
    public void Gaps_follow_their_distribution_not_only_its_moments()
    {
        var gamma = ArrivalSample.Gaps(ArrivalSample.Times(RenewalArrivals.Gamma(Rate, 2), Requests));
        var weibull = ArrivalSample.Gaps(ArrivalSample.Times(RenewalArrivals.Weibull(Rate, 2), Requests));
        var shape = WeibullShape.Of(2);
        var scale = 1 / (Rate * WeibullShape.MeanOverScale(shape));

        // Share below the mean: a binomial, four standard errors.
        using (Assert.EnterMultipleScope())
        {
            CheckShareBelowMean(gamma, Gamma.CDF(0.25, 0.25 * Rate, 1 / Rate));
            CheckShareBelowMean(weibull, Weibull.CDF(shape, scale, 1 / Rate));
        }
    }

    [Test]
    public void A_variation_of_one_makes_the_Weibull_shape_one() => Assert.That(WeibullShape.Of(1), Is.EqualTo(1).Within(1e-9));

    [Test]
    public void The_Weibull_shape_gives_back_the_variation_it_was_solved_for([Values(0.01, 0.1, 0.7, 2, 5, 10)] double variation)
    {
        var shape = WeibullShape.Of(variation);
        var second = SpecialFunctions.Gamma(1 + (2 / shape));
        var first = SpecialFunctions.Gamma(1 + (1 / shape));
        Assert.That(Math.Sqrt((second / (first * first)) - 1), Is.EqualTo(variation).Within(1e-6).Percent);
    }

    [TestCase(4)]
    [TestCase(3)]
    [TestCase(700_000, Description = "Gaps of 14.3 ticks: rounding each by itself would be 2 % off.")]
    public void Constant_arrivals_stay_on_their_grid(double rate)
    {
        var times = ArrivalSample.Times(RenewalArrivals.Constant(rate), 100_000);
        Assert.That(times.Select((time, i) => Math.Abs(time - ((i + 1) / rate))).Max(), Is.LessThan(1e-7));
    }

    [TestCase(0)]
    [TestCase(0.001)]
    [TestCase(11)]
    [TestCase(double.NaN)]
    public void Variations_out_of_range_throw(double variation)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => RenewalArrivals.Gamma(1, variation), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("0.01 to 10"));
            Assert.That(() => RenewalArrivals.Weibull(1, variation), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("0.01 to 10"));
        }
    }

    // Four standard errors. For the coefficient of variation c they follow from the variance's, (kurtosis - 1) / n relative, which
    // halves under the root, and from the mean's, c^2 / n relative; adding both roots bounds their sum whatever their correlation.
    private static void CheckMoments(RenewalArrivals process, double variation, double kurtosis)
    {
        var gaps = ArrivalSample.Gaps(ArrivalSample.Times(process, Requests));
        var found = gaps.StandardDeviation() / gaps.Mean();
        var meanError = variation / Math.Sqrt(Requests);
        var deviationError = Math.Sqrt((kurtosis - 1) / Requests) / 2;
        TestContext.Out.WriteLine($"mean gap {gaps.Mean():0.000000} s of {1 / Rate} s, coefficient of variation {found:0.0000} of {variation}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(gaps.Mean() * Rate, Is.EqualTo(1).Within(4 * meanError));
            Assert.That(found / variation, Is.EqualTo(1).Within(4 * (meanError + deviationError)));
        }
    }

    private static void CheckShareBelowMean(double[] gaps, double expected) =>
        Assert.That(
            gaps.Count(static gap => gap <= 1 / Rate) / (double)Requests,
            Is.EqualTo(expected).Within(4 * Math.Sqrt(expected * (1 - expected) / Requests)));

    private static double WeibullKurtosis(double shape)
    {
        var (m1, m2, m3, m4) = (Moment(1), Moment(2), Moment(3), Moment(4));
        var variance = m2 - (m1 * m1);
        return (m4 - (4 * m1 * m3) + (6 * m1 * m1 * m2) - (3 * m1 * m1 * m1 * m1)) / (variance * variance);

        double Moment(int order) => SpecialFunctions.Gamma(1 + (order / shape));
    }
}
