using CsCheck;
using MathNet.Numerics.LinearAlgebra;
using SimServe.Policies;
using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Tests.Spectra;

public sealed class SpectrumTests
{
    private static readonly SpectrumOptions Uncentred = new() { IsCentred = false };

    private static readonly Gen<(float[] Rows, int Units)> Layer =
        Gen.Select(Gen.Int[1, 24], Gen.Int[2, 40], Gen.Long[0, 1 << 30], static (units, samples, seed) => (Weights.Random(units, samples, seed), units));

    [Test]
    public void Energies_sum_up_to_the_trace_of_the_covariance([Values] bool centred, [Values] bool normalised) =>
        Layer.Sample(
            layer =>
            {
                var spectrum = Spectrum.OfRows(layer.Rows, layer.Units, new SpectrumOptions { IsCentred = centred, IsNormalised = normalised });
                return Math.Abs(spectrum.Total - Trace(layer.Rows, layer.Units, centred, normalised)) < 1e-9 * spectrum.Total
                    && spectrum.Energies.Count == layer.Units
                    && spectrum.Energies.All(static energy => energy >= 0)
                    && spectrum.Energies.Zip(spectrum.Energies.Skip(1)).All(static pair => pair.First >= pair.Second);
            },
            iter: 200,
            threads: 1);

    [Test]
    public void More_variance_never_takes_fewer_units() =>
        Gen.Select(Layer, Gen.Double[0.001, 1], Gen.Double[0.001, 1]).Sample(
            static (layer, one, other) =>
            {
                var spectrum = Spectrum.OfRows(layer.Rows, layer.Units);
                var kept = spectrum.Keep(Math.Min(one, other));
                return kept <= spectrum.Keep(Math.Max(one, other))
                    && spectrum.Share(kept) >= Math.Min(one, other) - 1e-9
                    && (kept == 1 || spectrum.Share(kept - 1) < Math.Min(one, other));
            },
            iter: 200,
            threads: 1);

    [TestCase(20, 100, 20)]
    [TestCase(20, 8, 7)]
    [TestCase(1, 2, 1)]
    public void All_of_the_variance_takes_the_rank(int units, int samples, int rank)
    {
        var spectrum = Spectrum.OfRows(Weights.Random(units, samples), units);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(spectrum.Rank, Is.EqualTo(rank));
            Assert.That(spectrum.Keep(1), Is.EqualTo(rank));
            Assert.That(spectrum.Keep(0.9999999), Is.LessThanOrEqualTo(rank));
        }
    }

    [TestCase(1, 40, 90)]
    [TestCase(5, 40, 90)]
    [TestCase(5, 90, 40)]
    [TestCase(60, 200, 1500)]
    [TestCase(60, 1500, 200)]
    public void A_planted_rank_is_found(int rank, int units, int samples)
    {
        var spectrum = Spectrum.OfRows(Weights.OfRank(rank, units, samples), units);
        Assert.That(spectrum.Keep(1), Is.EqualTo(rank));
        Assert.That(MarchenkoPastur.AboveEdge(spectrum), Is.EqualTo(rank));
    }

    [Test]
    public void The_order_of_units_changes_nothing()
    {
        var rows = Weights.Random(30, 50);
        var order = Enumerable.Range(0, 30).ToArray();
        new RandomStream(4, "order").Shuffle(order);
        Assert.That(Spectrum.OfRows(rows.RowsAt(order), 30).Energies, Is.EqualTo(Spectrum.OfRows(rows, 30).Energies).Within(1e-9));
    }

    [TestCase(30, 50)]
    [TestCase(50, 30)]
    public void Turning_the_columns_changes_nothing_where_rows_are_not_centred(int units, int samples)
    {
        var rows = Weights.Random(units, samples);
        var turn = Matrix<double>.Build.Dense(samples, samples, Array.ConvertAll(Weights.Random(samples, samples, 9), static value => (double)value)).QR().Q;
        var turned = Matrix<double>.Build.DenseOfRowMajor(units, samples, rows.Select(static value => (double)value)) * turn;
        float[] floats = [.. turned.ToRowMajorArray().Select(static value => (float)value)];
        Assert.That(Spectrum.OfRows(floats, units, Uncentred).Energies, Is.EqualTo(Spectrum.OfRows(rows, units, Uncentred).Energies).Within(1e-5));
    }

    [Test]
    public void The_side_of_the_columns_gives_what_the_covariance_gives([Values] bool centred, [Values] bool normalised, [Values(1, 7, 20)] int samples)
    {
        var options = new SpectrumOptions { IsCentred = centred, IsNormalised = normalised };
        var rows = Weights.Random(20, samples + 1).Select(static value => value + 0.5f).ToArray();
        var covariance = Covariance(rows, 20, centred);
        Assert.That(
            Spectrum.OfRows(rows, 20, options).Energies,
            Is.EqualTo(Spectrum.OfCovariance(covariance, samples + 1, options).Energies).Within(1e-9));
    }

    [Test]
    public void Equal_energies_are_shared_out_exactly()
    {
        var spectrum = Spectrum.OfCovariance(Identity(4), 10);
        Assert.That(new[] { 0.25, 0.5, 0.75, 0.7500001, 1 }.Select(spectrum.Keep), Is.EqualTo(new[] { 1, 2, 3, 4, 4 }));
        Assert.That(spectrum.EffectiveRank, Is.EqualTo(4).Within(1e-9));
        Assert.That(spectrum.Share(3), Is.EqualTo(0.75).Within(1e-12));
    }

    [Test]
    public void Weights_of_zero_and_units_that_never_vary_have_no_energy()
    {
        var zeros = Spectrum.OfRows(new float[12], 3);
        var equal = Spectrum.OfRows([0.1f, 0.1f, 0.1f, 1, 2, 3], 2, new SpectrumOptions { IsNormalised = true });
        using (Assert.EnterMultipleScope())
        {
            Assert.That((zeros.Rank, zeros.Keep(0.9), zeros.Keep(1), zeros.EffectiveRank, zeros.Share(0)), Is.EqualTo((0, 0, 0, 0.0, 1.0)));
            Assert.That(equal.Rank, Is.EqualTo(1));
            Assert.That(equal.Total, Is.EqualTo(1).Within(1e-12));
        }
    }

    [TestCase(6, 10)]
    [TestCase(10, 6)]
    public void Whitened_energies_are_the_mean_squares_of_outputs(int units, int inputs)
    {
        var (rows, moment) = (Weights.Random(units, inputs), Covariance(Weights.Random(inputs, 300, 5), inputs, centred: false));
        var spectrum = Spectrum.Whitened(rows, units, moment);
        var weights = Matrix<double>.Build.DenseOfRowMajor(units, inputs, rows.Select(static value => (double)value));
        var damped = Matrix<double>.Build.DenseOfArray(moment);
        damped += 0.01 * damped.Trace() / inputs * Matrix<double>.Build.DenseIdentity(inputs);
        var outputs = (weights * damped * weights.Transpose()).Evd(Symmetricity.Symmetric).EigenValues.Select(static value => Math.Max(0, value.Real)).OrderDescending();
        Assert.That(spectrum.Energies, Is.EqualTo(outputs).Within(1e-9));
    }

    [Test]
    public void Weights_that_are_no_numbers_are_refused_by_the_name_of_their_group([Values(float.NaN, float.PositiveInfinity, float.NegativeInfinity)] float broken)
    {
        var rows = Weights.Random(3, 4);
        rows[6] = broken;
        Assert.That(
            () => Spectrum.OfRows(rows, 3, new SpectrumOptions { Name = "up.0.conv1" }),
            Throws.InstanceOf<SlimmingException>().With.Message.StartWith("up.0.conv1: weight 2 of unit 1 is "));
    }

    [Test]
    public void Covariances_that_are_none_are_refused()
    {
        var options = new SpectrumOptions { Name = "down.1" };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Spectrum.OfCovariance(new double[,] { { 1, double.NaN }, { 0, 1 } }, 5, options), Throws.InstanceOf<SlimmingException>().With.Message.Contains("down.1"));
            Assert.That(() => Spectrum.OfCovariance(new double[,] { { 1, 0.5 }, { 0, 1 } }, 5, options), Throws.ArgumentException.With.Message.Contains("symmetric"));
            Assert.That(() => Spectrum.OfCovariance(new double[1, 2], 5, options), Throws.ArgumentException.With.Message.Contains("square"));
            Assert.That(() => Spectrum.Whitened(new float[6], 2, Identity(2), options), Throws.ArgumentException.With.Message.Contains("3 weights"));
            Assert.That(() => Spectrum.Whitened(new float[4], 2, new double[2, 2], options), Throws.ArgumentException.With.Message.Contains("positive definite"));
            Assert.That(() => Spectrum.OfRows(new float[5], 2, options), Throws.ArgumentException.With.Message.Contains("down.1"));
            Assert.That(() => Spectrum.OfRows(new float[2], 2, options), Throws.ArgumentException.With.Message.Contains("down.1"));
        }
    }

    [TestCase(0)]
    [TestCase(-0.1)]
    [TestCase(1.01)]
    [TestCase(double.NaN)]
    public void A_threshold_is_a_share(double threshold) =>
        Assert.That(() => Spectrum.OfRows(Weights.Random(3, 4), 3).Keep(threshold), Throws.InstanceOf<ArgumentOutOfRangeException>());

    private static double Trace(float[] rows, int units, bool centred, bool normalised) =>
        normalised ? units : Enumerable.Range(0, units).Sum(unit => Covariance(rows, units, centred)[unit, unit]);

    private static double[,] Covariance(float[] rows, int units, bool centred)
    {
        var samples = rows.Length / units;
        var matrix = Matrix<double>.Build.DenseOfRowMajor(units, samples, rows.Select(static value => (double)value));
        var means = centred ? matrix.RowSums() / samples : Vector<double>.Build.Dense(units);
        var deviations = Matrix<double>.Build.Dense(units, samples, (i, j) => matrix[i, j] - means[i]);
        return (deviations * deviations.Transpose() / (centred ? samples - 1 : samples)).ToArray();
    }

    private static double[,] Identity(int size) => Matrix<double>.Build.DenseIdentity(size).ToArray();
}
