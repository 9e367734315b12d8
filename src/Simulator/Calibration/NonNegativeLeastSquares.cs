using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace SimServe.Simulator.Calibration;

/// <summary>The active-set method of Lawson and Hanson, "Solving Least Squares Problems" (1974), chapter 23.</summary>
/// <remarks>
/// Columns are scaled to unit length: features differ by a factor of 10^12 (operations, bytes, requests). A column enters when it points along what is
/// left of the target; one that depends on those already in has nothing left to point at, so the set in use always has full rank.
/// </remarks>
internal sealed class NonNegativeLeastSquares
{
    /// <summary>Cosines below this are rounding.</summary>
    private const double Tolerance = 1e-10;

    private readonly Matrix<double> _unit;
    private readonly Vector<double> _lengths;
    private readonly Vector<double> _target;
    private readonly List<int> _inUse = [];
    private Vector<double> _solution;

    public NonNegativeLeastSquares(Matrix<double> columns, Vector<double> target)
    {
        _lengths = columns.ColumnNorms(2);
        _unit = columns.Clone();
        _target = target;
        _solution = Vector<double>.Build.Dense(columns.ColumnCount);
        for (var column = 0; column < columns.ColumnCount; column++)
        {
            _unit.SetColumn(column, columns.Column(column) / (_lengths[column] > 0 ? _lengths[column] : 1));
        }
    }

    // The scaled columns that the solution uses; of full rank.
    private Matrix<double> ColumnsInUse => Matrix<double>.Build.DenseOfColumnVectors(_inUse.Select(_unit.Column));

    public double[] Solve()
    {
        // Each pass lowers the error, and no set of columns comes twice; the bound only guards against rounding.
        for (var pass = 0; pass < 10 * _unit.ColumnCount && NextColumn() is { } column; pass++)
        {
            _inUse.Add(column);
            Fit();
        }

        return [.. _solution.Select((value, column) => value > 0 ? value / _lengths[column] : 0)];
    }

    /// <summary>The unused column that would lower the error most, if any would.</summary>
    private int? NextColumn()
    {
        var slopes = _unit.TransposeThisAndMultiply(_target - (_unit * _solution));
        int? best = null;
        for (var column = 0; column < slopes.Count; column++)
        {
            var isBetter = slopes[column] > (best is { } other ? slopes[other] : Tolerance * _target.L2Norm());
            if (isBetter && !_inUse.Contains(column) && IsIndependent(column))
            {
                best = column;
            }
        }

        return best;
    }

    /// <summary>Whether enough of a column is left when its projection on those in use is taken away.</summary>
    private bool IsIndependent(int column)
    {
        if (_inUse.Count == 0)
        {
            return true;
        }

        if (_inUse.Count == _unit.RowCount)
        {
            return false;
        }

        var basis = ColumnsInUse.QR(QRMethod.Thin).Q;
        var vector = _unit.Column(column);
        return (vector - (basis * basis.TransposeThisAndMultiply(vector))).L2Norm() > Tolerance;
    }

    /// <summary>Fits the columns in use; walks towards that fit and drops whatever reaches zero on the way, until none is negative.</summary>
    private void Fit()
    {
        while (_inUse.Count > 0)
        {
            var fitted = Expand(ColumnsInUse.QR(QRMethod.Thin).Solve(_target));
            var blocking = _inUse.Where(column => fitted[column] <= 0).ToArray();
            if (blocking.Length == 0)
            {
                _solution = fitted;
                return;
            }

            var step = blocking.Min(column => Share(_solution[column], fitted[column]));
            var dropped = blocking.Where(column => Share(_solution[column], fitted[column]) <= step).ToArray();
            _solution += step * (fitted - _solution);
            foreach (var column in dropped)
            {
                _inUse.Remove(column);
                _solution[column] = 0;
            }
        }
    }

    /// <summary>Share of the way from one value to another, not above zero, at which zero is reached.</summary>
    private static double Share(double from, double to) => from <= 0 ? 0 : from / (from - to);

    private Vector<double> Expand(Vector<double> values)
    {
        var all = Vector<double>.Build.Dense(_unit.ColumnCount);
        for (var i = 0; i < _inUse.Count; i++)
        {
            all[_inUse[i]] = values[i];
        }

        return all;
    }
}
