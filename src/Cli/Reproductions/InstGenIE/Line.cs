namespace SimServe.Cli.Reproductions.InstGenIE;

/// <summary>A straight line by ordinary least squares, as the paper fits them.</summary>
/// <param name="Slope">Change of y for each unit of x.</param>
/// <param name="Intercept">y at 0.</param>
/// <param name="R2">Share of the variance that it explains; 1 where y does not vary.</param>
internal readonly record struct Line(double Slope, double Intercept, double R2)
{
    public static Line Through(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        var (meanX, meanY) = (x.Average(), y.Average());
        var (covariance, varianceX, varianceY) = (0.0, 0.0, 0.0);
        for (var i = 0; i < x.Count; i++)
        {
            covariance += (x[i] - meanX) * (y[i] - meanY);
            varianceX += (x[i] - meanX) * (x[i] - meanX);
            varianceY += (y[i] - meanY) * (y[i] - meanY);
        }

        var slope = covariance / varianceX;
        return new Line(slope, meanY - (slope * meanX), varianceY == 0 ? 1 : covariance * covariance / varianceX / varianceY);
    }
}
