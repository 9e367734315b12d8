namespace SimServe.Slimming.Spectra;

/// <summary>Eigenvalues of the covariance of a layer's units: how much variance each of as many directions holds.</summary>
/// <remarks>
/// A unit (a filter, a hidden neuron, a head) is a row of k weights, an axis of a space of n dimensions in which the k columns are points. An orthogonal
/// turn of the axes leaves the total variance as it is; principal components put the largest first, so that the fewest directions hold the most.
/// Source: Wang et al., "A Novel Architecture Slimming Method for Network Pruning and Knowledge Distillation" (arXiv 2202.10461), abstract; whether rows
/// are centred could not be read there, so it is an option.
/// </remarks>
public sealed class Spectrum
{
    // Weights are float32: what lies below the square of its rounding, accumulated over all units, is no energy but noise.
    private const double Rounding = 1.0 / (1L << 46);

    // Equal energies differ by rounding; a threshold that falls between two of them must not ask for one more.
    private const double Slack = 1e-12;

    private readonly double[] _energies;
    private readonly double[] _cumulative;

    internal Spectrum(IEnumerable<double> eigenvalues, int units, int samples, int degreesOfFreedom)
    {
        _energies = new double[units];
        double[] sorted = [.. eigenvalues.Select(static value => Math.Max(0, value)).OrderDescending().Take(units)];
        sorted.CopyTo(_energies, 0);
        _cumulative = new double[units + 1];
        for (var unit = 0; unit < units; unit++)
        {
            _cumulative[unit + 1] = _cumulative[unit] + _energies[unit];
        }

        (Samples, DegreesOfFreedom) = (samples, degreesOfFreedom);
        Rank = Array.FindLastIndex(_energies, energy => energy > _energies[0] * units * Rounding) + 1;
        EffectiveRank = Rank == 0 ? 0 : Math.Exp(-_energies.Take(Rank).Sum(energy => energy / Total * Math.Log(energy / Total)));
    }

    /// <summary>Energies, one for each unit, the largest first, none negative; those that the number of samples forbids are 0.</summary>
    public IReadOnlyList<double> Energies => _energies;

    /// <summary>n, the units: rows of the matrix.</summary>
    public int Units => _energies.Length;

    /// <summary>k, the weights of each unit (columns of the matrix), or the samples behind a covariance of activations.</summary>
    public int Samples { get; }

    /// <summary>Independent samples: one less than <see cref="Samples"/> where rows were centred.</summary>
    public int DegreesOfFreedom { get; }

    /// <summary>The sum of the energies: the covariance's trace.</summary>
    public double Total => _cumulative[^1];

    /// <summary>Numerical rank: energies above n * 2^-46 of the largest, i.e. whose square root float32 can tell from rounding. 0 where all weights are.</summary>
    public int Rank { get; }

    /// <summary>The exponential of the entropy of the energies' shares: n where all are equal, 1 where one holds everything, 0 where there is none.</summary>
    /// <remarks>Source: Roy and Vetterli, "The effective rank" (EUSIPCO 2007).</remarks>
    public double EffectiveRank { get; }

    /// <summary>The spectrum of the rows of a matrix of weights.</summary>
    /// <param name="rows">The matrix, [n x k] row by row: one row a unit; finite.</param>
    /// <param name="units">n, at least 1.</param>
    /// <param name="options">How the covariance is made.</param>
    /// <remarks>
    /// Costs n * k * min(n, k) + min(n, k)^3 operations: where there are fewer columns than rows, the products of the columns are taken, which have the same
    /// energies (rows are centred before). Memory: 8 bytes for each weight and twice min(n, k)^2 * 8 bytes.
    /// </remarks>
    /// <exception cref="ArgumentException">The numbers are no whole number of rows of at least 2 weights.</exception>
    /// <exception cref="SlimmingException">A weight is not finite.</exception>
    public static Spectrum OfRows(ReadOnlySpan<float> rows, int units, SpectrumOptions? options = null)
    {
        var chosen = options ?? SpectrumOptions.Default;
        var matrix = PreparedRows.Of(rows, units, chosen);
        var samples = rows.Length / units;
        return OfPrepared(matrix, units, samples, chosen.IsCentred ? samples - 1 : samples, chosen);
    }

    /// <summary>The spectrum of a covariance that is known, e.g. of activations over time steps.</summary>
    /// <param name="covariance">[n x n], symmetric, finite.</param>
    /// <param name="samples">How many samples it was estimated from, at least 1.</param>
    /// <param name="options">Name and solver; a normalised one is a correlation.</param>
    /// <exception cref="ArgumentException">It is not square or not symmetric.</exception>
    /// <exception cref="SlimmingException">A number is not finite.</exception>
    public static Spectrum OfCovariance(double[,] covariance, int samples, SpectrumOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        var chosen = options ?? SpectrumOptions.Default;
        var (matrix, size) = SquareMatrix.Symmetric(covariance, chosen.Name);
        if (chosen.IsNormalised)
        {
            SquareMatrix.Normalise(matrix, size);
        }

        return new Spectrum((chosen.Solver ?? EigenSolvers.For(size)).Eigenvalues(matrix, size), size, samples, samples);
    }

    /// <summary>Energies of a layer's outputs rather than its weights: of W L, where L L^T = E[x x^T].</summary>
    /// <param name="rows">W, [n x k] row by row; finite.</param>
    /// <param name="units">n, at least 1.</param>
    /// <param name="secondMoment">E[x x^T] of the layer's inputs, [k x k], symmetric, finite.</param>
    /// <param name="options">As for rows, but nothing is centred: the columns of W L are no samples.</param>
    /// <remarks>
    /// The sum of the energies that are dropped is then the mean square that is missing from the outputs. 1 % of the mean of its diagonal is added to the
    /// moment's diagonal, without which inputs that were never seen would make it singular. Sources: SVD-LLM (Wang et al., ICLR 2025), whitening; SliceGPT
    /// (Ashkboos et al., ICLR 2024), damping.
    /// </remarks>
    /// <exception cref="ArgumentException">Sizes do not fit, or the moment is none: not symmetric, or not positive definite.</exception>
    /// <exception cref="SlimmingException">A number is not finite.</exception>
    public static Spectrum Whitened(ReadOnlySpan<float> rows, int units, double[,] secondMoment, SpectrumOptions? options = null)
    {
        var chosen = (options ?? SpectrumOptions.Default) with { IsCentred = false };
        var weights = PreparedRows.Of(rows, units, chosen with { IsNormalised = false });
        var samples = rows.Length / units;
        var (moment, size) = SquareMatrix.Symmetric(secondMoment, chosen.Name);
        if (size != samples)
        {
            throw new ArgumentException($"{chosen.Name}: a unit has {samples} weights and its inputs' second moment {size} rows; both must be equal.", nameof(secondMoment));
        }

        SquareMatrix.Damp(moment, size);
        var whitened = (chosen.Solver ?? EigenSolvers.For(size)).TimesCholesky(weights, units, moment);
        PreparedRows.Prepare(whitened, samples, chosen);

        // The mean square over inputs is what is wanted, not over the columns of W L: the covariance is W L (W L)^T itself.
        return OfPrepared(whitened, units, samples, chosen.IsNormalised ? samples : 1, chosen);
    }

    /// <summary>The fewest leading energies that hold a share of the total.</summary>
    /// <param name="threshold">The share, greater than 0 and at most 1; 1 is the numerical rank.</param>
    /// <returns>From 1 to <see cref="Rank"/>; 0 where there is no energy at all. It never falls as the threshold grows.</returns>
    public int Keep(double threshold)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threshold);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threshold, 1);
        if (threshold == 1)
        {
            return Rank;
        }

        var found = Array.BinarySearch(_cumulative, threshold * Total * (1 - Slack));
        return Math.Min(found >= 0 ? found : ~found, Rank);
    }

    /// <summary>The share of the total that the leading energies hold.</summary>
    /// <param name="kept">How many, from 0 to n.</param>
    /// <returns>From 0 to 1; 1 where there is no energy at all.</returns>
    public double Share(int kept)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(kept);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(kept, Units);
        return Total == 0 ? 1 : _cumulative[kept] / Total;
    }

    private static Spectrum OfPrepared(double[] matrix, int units, int samples, int divisor, SpectrumOptions options)
    {
        var size = Math.Min(units, samples);
        var solver = options.Solver ?? EigenSolvers.For(size);
        var products = units <= samples ? solver.RowProducts(matrix, units) : solver.ColumnProducts(matrix, units);
        var degrees = options.IsCentred ? samples - 1 : samples;
        return new Spectrum(solver.Eigenvalues(products, size).Select(value => value / divisor), units, samples, degrees);
    }
}
