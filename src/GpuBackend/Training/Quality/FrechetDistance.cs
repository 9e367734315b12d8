using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training.Quality;

/// <summary>Distance between two sets of pictures by their features, taken as normal distributions.</summary>
/// <remarks>
/// Source: Heusel et al., "GANs Trained by a Two Time-Scale Update Rule", 2017, with the judge's features in place of Inception's. The trace of the root of
/// a product of covariances is that of the symmetric root(A) B root(A), whose eigenvalues are real.
/// </remarks>
public static class FrechetDistance
{
    /// <summary>The distance; 0 for sets of one distribution, but for the noise of small sets.</summary>
    /// <param name="first">[N, D] features, N at least 2.</param>
    /// <param name="second">[M, D] features, M at least 2.</param>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static double Of(Tensor first, Tensor second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.dim() != 2 || second.dim() != 2 || first.shape[1] != second.shape[1] || Math.Min(first.shape[0], second.shape[0]) < 2)
        {
            throw new ArgumentException($"Features must be [at least 2, D] with one D, not [{string.Join(", ", first.shape)}] and [{string.Join(", ", second.shape)}].", nameof(second));
        }

        using var scope = NewDisposeScope();
        var (meanA, covarianceA) = Moments(first);
        var (meanB, covarianceB) = Moments(second);
        var (values, vectors) = linalg.eigh(covarianceA);
        var root = vectors.mul(values.clamp_min(0).sqrt()).matmul(vectors.t());
        var shared = linalg.eigvalsh(root.matmul(covarianceB).matmul(root)).clamp_min(0).sqrt().sum();
        return meanA.sub(meanB).square().sum().add(covarianceA.trace()).add(covarianceB.trace()).sub(shared.mul(2)).item<double>();
    }

    private static (Tensor Mean, Tensor Covariance) Moments(Tensor features)
    {
        var exact = features.to(ScalarType.Float64).cpu();
        var mean = exact.mean([0]);
        var centred = exact.sub(mean);
        return (mean, centred.t().matmul(centred).div(exact.shape[0] - 1));
    }
}
