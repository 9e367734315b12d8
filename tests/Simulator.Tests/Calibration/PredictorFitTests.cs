using SimServe.Policies;
using SimServe.Simulator.Calibration;

namespace SimServe.Simulator.Tests.Calibration;

public sealed class PredictorFitTests
{
    private static readonly string[] Names = [TermSamples.Constant, "members", "linear FLOP"];

    [Test]
    public void A_linear_law_is_predicted_by_the_linear_form()
    {
        var best = PredictorFit.All(Samples(static (members, flops) => 1e-3 + (5e-4 * members) + (2e-11 * flops), noise: 0.02))[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(best.Predictor.Kind, Is.EqualTo(LinearPredictor.Name));
            Assert.That(((LinearPredictor)best.Predictor).Coefficients[2], Is.EqualTo(2e-11).Within(5).Percent);
            Assert.That(best.LeaveOneOutMape, Is.LessThan(0.03).And.GreaterThan(best.Mape));
        }
    }

    [Test]
    public void A_launch_floor_is_found_by_the_roofline()
    {
        var best = PredictorFit.All(Samples(static (_, flops) => Math.Max(4e-3, 2e-11 * flops), noise: 0.01))[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(best.Predictor.Kind, Is.EqualTo(RooflinePredictor.Name));
            Assert.That(((RooflinePredictor)best.Predictor).FloorSeconds, Is.EqualTo(4e-3).Within(2).Percent);
            Assert.That(best.Predictor.Predict([1, 1, 1e9]), Is.EqualTo(2e-2).Within(3).Percent);
            Assert.That(best.Predictor.Predict([1, 1, 1e3]), Is.EqualTo(4e-3).Within(2).Percent, "nothing is shorter than a launch");
        }
    }

    [Test]
    public void A_law_of_no_form_is_predicted_by_the_table()
    {
        // As caches overflow: three rates.
        var best = PredictorFit.All(Samples(static (_, flops) => 1e-3 + (1e-11 * flops) + (8e-11 * Math.Max(0, flops - 4e8)) - (7.9e-11 * Math.Max(0, flops - 8e8)), noise: 0))[0];
        Assert.That((best.Predictor.Kind, best.LeaveOneOutMape < 0.2), Is.EqualTo((MonotoneTable.Name, true)));
    }

    [Test]
    public void A_table_never_falls_and_grows_in_proportion_beyond_its_end()
    {
        var table = MonotoneTable.Fit(new TermSamples([TermSamples.Constant, "bytes"], [[1, 100], [1, 200], [1, 300], [1, 400]], [1, 3, 2, 4]))!;
        var predicted = Enumerable.Range(1, 500).Select(bytes => table.Predict([1, bytes])).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(predicted, Is.Ordered);
            Assert.That(table.Predict([1, 50]), Is.EqualTo(1));
            Assert.That(table.Predict([1, 250]), Is.EqualTo(2.5).Within(1e-12), "two that fall are pooled");
            Assert.That(table.Predict([1, 800]), Is.EqualTo(8).Within(1e-12));
        }
    }

    [Test]
    public void Few_samples_leave_the_linear_form_first()
    {
        var fits = PredictorFit.All(new TermSamples([TermSamples.Constant, "members"], [[1, 1], [1, 2], [1, 4]], [1e-3, 2e-3, 4e-3]));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fits[0].Predictor.Kind, Is.EqualTo(LinearPredictor.Name));
            Assert.That(fits.Select(static fit => fit.LeaveOneOutMape), Has.All.Null);
        }
    }

    [Test]
    public void The_best_is_the_one_with_the_least_error_on_samples_it_has_not_seen()
    {
        var fits = PredictorFit.All(Samples(static (members, flops) => 1e-3 + (5e-4 * members) + (2e-11 * flops), noise: 0.05));
        Assert.That(fits.Select(static fit => fit.LeaveOneOutMape), Is.Ordered);
        Assert.That(fits.Select(static fit => fit.Predictor.Kind), Is.EquivalentTo(new[] { LinearPredictor.Name, RooflinePredictor.Name, MonotoneTable.Name }));
    }

    [Test]
    public void Predictors_name_a_wrong_number_of_features()
    {
        foreach (var fit in PredictorFit.All(Samples(static (_, flops) => 1e-3 + (1e-11 * flops), noise: 0)))
        {
            Assert.That(() => fit.Predictor.Predict([1]), Throws.ArgumentException.With.Message.Contain("3 features, not 1"), fit.Predictor.Kind);
        }
    }

    // Batches of 1, 2 and 4 with five amounts of work each.
    private static TermSamples Samples(Func<int, double, double> law, double noise)
    {
        var random = new RandomStream(3, "noise");
        var points = (from members in new[] { 1, 2, 4 } from size in new[] { 1e7, 5e7, 1.2e8, 2e8, 3e8 } select (Members: members, Flops: size * members)).ToArray();
        return new TermSamples(
            Names,
            [.. points.Select(static point => new[] { 1, point.Members, point.Flops })],
            [.. points.Select(point => law(point.Members, point.Flops) * (1 + (noise * random.NextGaussian())))]);
    }
}
