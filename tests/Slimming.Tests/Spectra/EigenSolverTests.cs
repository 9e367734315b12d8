using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Tests.Spectra;

public sealed class EigenSolverTests
{
    private static readonly MathNetEigenSolver Managed = new();
    private static readonly TorchEigenSolver Native = new();

    [TestCase(1, 5)]
    [TestCase(40, 90)]
    [TestCase(90, 40)]
    [TestCase(150, 150)]
    public void Both_find_the_same_energies(int units, int samples)
    {
        var rows = Weights.Random(units, samples);
        var (managed, native) = (With(Managed), With(Native));
        Assert.That(native.Energies, Is.EqualTo(managed.Energies).Within(1e-10));
        Assert.That(native.Rank, Is.EqualTo(managed.Rank));

        Spectrum With(IEigenSolver solver) => Spectrum.OfRows(rows, units, new SpectrumOptions { Solver = solver });
    }

    [Test]
    public void Both_compute_the_same_products()
    {
        double[] matrix = [.. Weights.Random(12, 7).Select(static value => (double)value)];
        double[] moment = Managed.ColumnProducts(matrix, 12);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Native.ColumnProducts(matrix, 12), Is.EqualTo(moment).Within(1e-10));
            Assert.That(Native.RowProducts(matrix, 12), Is.EqualTo(Managed.RowProducts(matrix, 12)).Within(1e-10));
            Assert.That(Native.TimesCholesky(matrix, 12, moment), Is.EqualTo(Managed.TimesCholesky(matrix, 12, moment)).Within(1e-10));
        }
    }

    [Test]
    public void Neither_factors_a_matrix_that_is_not_positive_definite()
    {
        double[] indefinite = [1, 2, 2, 1];
        Assert.That(() => Managed.TimesCholesky([1, 2], 1, indefinite), Throws.ArgumentException);
        Assert.That(() => Native.TimesCholesky([1, 2], 1, indefinite), Throws.ArgumentException);
    }

    [Test]
    public void Small_matrices_are_MathNets_and_large_ones_Torchs()
    {
        Assert.That(EigenSolvers.For(EigenSolvers.LargestManaged).Name, Is.EqualTo("mathnet"));
        Assert.That(EigenSolvers.For(EigenSolvers.LargestManaged + 1).Name, Is.EqualTo("torch"));
    }
}
