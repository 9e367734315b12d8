using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace SimServe.Simulator.Calibration;

/// <summary>Makes a <see cref="LinearFit"/>.</summary>
internal static class LinearFitSolver
{
    /// <summary>A row whose leverage is this close to 1 is predicted by its own measurement alone.</summary>
    private const double LeastFreedom = 1e-9;

    public static LinearFit Fit(IReadOnlyList<double[]> rows, IReadOnlyList<double> measuredSeconds)
    {
        // Dividing a row and its measurement by the measurement makes the target 1 everywhere and the residuals relative.
        var weighted = Matrix<double>.Build.Dense(rows.Count, rows[0].Length, (i, j) => rows[i][j] / measuredSeconds[i]);
        var problem = new NonNegativeLeastSquares(weighted, Vector<double>.Build.Dense(rows.Count, 1));
        var coefficients = problem.Solve();
        double[] residuals = [.. weighted * Vector<double>.Build.Dense(coefficients) - 1];
        return new LinearFit
        {
            Coefficients = coefficients,
            Count = rows.Count,
            R2 = FitErrors.R2(residuals, measuredSeconds),
            Mape = residuals.Average(Math.Abs),
            LeaveOneOutMape = LeaveOneOutMape(residuals, Leverages(problem, rows.Count)),
            Residuals = FitErrors.Quantiles(residuals),
        };
    }

    /// <summary>The diagonal of the hat matrix Q Q', where Q is an orthonormal basis of the columns in use.</summary>
    private static double[] Leverages(NonNegativeLeastSquares problem, int rows)
    {
        if (problem.UsesNothing)
        {
            return new double[rows];
        }

        var basis = problem.ColumnsInUse.QR(QRMethod.Thin).Q;
        return [.. basis.EnumerateRows().Select(static row => row.DotProduct(row))];
    }

    private static double? LeaveOneOutMape(double[] residuals, double[] leverages) =>
        Array.Exists(leverages, static leverage => leverage > 1 - LeastFreedom)
            ? null
            : residuals.Zip(leverages, static (residual, leverage) => Math.Abs(residual / (1 - leverage))).Average();
}
