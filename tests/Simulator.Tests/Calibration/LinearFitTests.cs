using CsCheck;
using SimServe.Policies;
using SimServe.Simulator.Calibration;

namespace SimServe.Simulator.Tests.Calibration;

public sealed class LinearFitTests
{
    [Test]
    public void Of_exact_data_recovers_the_coefficients()
    {
        var (rows, seconds) = Synthetic(40, noise: 0, 2e-3, 5e-4, 2.2e-14);
        var fit = LinearFit.Of(rows, seconds);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fit.Coefficients[0], Is.EqualTo(2e-3).Within(1e-6).Percent);
            Assert.That(fit.Coefficients[1], Is.EqualTo(5e-4).Within(1e-6).Percent);
            Assert.That(fit.Coefficients[2], Is.EqualTo(2.2e-14).Within(1e-6).Percent);
            Assert.That(Error(fit, rows, seconds), Is.LessThan(1e-10));
        }
    }

    [Test]
    public void Of_noisy_data_is_near_the_coefficients_and_as_far_off_as_the_noise()
    {
        var (rows, seconds) = Synthetic(2_000, noise: 0.05, 2e-3, 5e-4, 2.2e-14);
        var fit = LinearFit.Of(rows, seconds);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fit.Coefficients[2], Is.EqualTo(2.2e-14).Within(2).Percent);
            Assert.That(Error(fit, rows, seconds), Is.EqualTo(0.05 * Math.Sqrt(2 / Math.PI)).Within(6).Percent, "mean magnitude of a normal number");
        }
    }

    [Test]
    public void Feature_that_would_be_negative_is_left_out_and_the_others_are_fitted_again()
    {
        var (rows, seconds) = Synthetic(60, noise: 0, 5e-3, -2e-4, 2.2e-14);
        var fit = LinearFit.Of(rows, seconds);
        var without = LinearFit.Of([.. rows.Select(static row => new[] { row[0], row[2] })], seconds);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fit.Coefficients[1], Is.Zero);
            Assert.That(fit.Coefficients[0], Is.EqualTo(without.Coefficients[0]).Within(1e-9).Percent);
            Assert.That(fit.Coefficients[2], Is.EqualTo(without.Coefficients[1]).Within(1e-9).Percent);
        }
    }

    [Test]
    public void Coefficients_are_never_negative_and_no_small_step_improves_the_fit()
    {
        // Numbers sixty orders of magnitude apart are no features: least squares does not tell them from zero.
        var feature = Gen.Double[-3, 3].Select(static value => Math.Abs(value) < 1e-6 ? 0 : value);
        var measurement = Gen.Select(feature.Array[4], Gen.Double[0.1, 5]);
        measurement.Array[1, 12].Sample(static measurements =>
        {
            double[][] rows = [.. measurements.Select(static m => m.Item1)];
            double[] seconds = [.. measurements.Select(static m => m.Item2)];
            var coefficients = LinearFit.Of(rows, seconds).Coefficients.ToArray();
            return coefficients.All(static value => value >= 0) && IsOptimal(coefficients, rows, seconds);
        });
    }

    [Test]
    public void Rank_deficient_features_have_a_fit()
    {
        var (rows, seconds) = Synthetic(30, noise: 0, 2e-3, 5e-4, 2.2e-14);
        var doubled = rows.Select(static row => new[] { row[0], row[1], row[2], 3 * row[1], row[0] + row[1], 0 }).ToArray();
        var fit = LinearFit.Of(doubled, seconds);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Error(fit, doubled, seconds), Is.LessThan(1e-9));
            Assert.That(fit.Coefficients, Is.All.GreaterThanOrEqualTo(0));
        }
    }

    [Test]
    public void Fewer_measurements_than_features_fit_exactly()
    {
        double[][] rows = [[1, 2, 0], [1, 0, 5]];
        Assert.That(Error(LinearFit.Of(rows, [3, 4]), rows, [3, 4]), Is.LessThan(1e-9));
    }

    [Test]
    public void Feature_that_never_occurs_predicts_nothing()
    {
        Assert.That(LinearFit.Of([[0.0], [0.0]], [1, 2]).Coefficients, Is.EqualTo(new[] { 0.0 }));
    }

    [Test]
    public void Faults_are_told_all_at_once() =>
        Assert.That(
            () => LinearFit.Of([[1, 2], [1], [double.NaN, 1]], [1, 0, 3]),
            Throws.ArgumentException.With.Message.Contains("row 1 has 1 features")
                .And.Message.Contains("measurement 1 is 0 s")
                .And.Message.Contains("row 2 has a feature that is not finite"));

    private static (double[][] Rows, double[] Seconds) Synthetic(int count, double noise, params double[] coefficients)
    {
        var random = new RandomStream(9, "fit");
        var rows = new double[count][];
        var seconds = new double[count];
        for (var i = 0; i < count; i++)
        {
            rows[i] = [1, random.Next(1, 9), 1e10 + (1e12 * random.NextDouble())];
            seconds[i] = rows[i].Zip(coefficients, static (x, c) => x * c).Sum() / (1 + (noise * random.NextGaussian()));
        }

        return (rows, seconds);
    }

    private static double Error(LinearFit fit, double[][] rows, double[] seconds) => rows.Zip(seconds, (row, measured) => Math.Abs((fit.Predict(row) / measured) - 1)).Average();

    /// <summary>The conditions of Karush, Kuhn and Tucker: no slope where a coefficient is positive, none downhill where it is zero.</summary>
    private static bool IsOptimal(double[] coefficients, double[][] rows, double[] seconds)
    {
        var errors = rows.Select((row, i) => 1 - (row.Zip(coefficients, static (x, c) => x * c).Sum() / seconds[i])).ToArray();
        return !coefficients.Where((value, feature) =>
        {
            var column = rows.Select((row, i) => row[feature] / seconds[i]).ToArray();
            var slope = column.Zip(errors, static (x, error) => x * error).Sum() / (1 + column.Sum(Math.Abs));
            return value > 0 ? Math.Abs(slope) > 1e-7 : slope > 1e-7;
        }).Any();
    }
}
