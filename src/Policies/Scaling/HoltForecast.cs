namespace SimServe.Policies.Scaling;

// Holt's linear (double exponential) smoothing: a level and a trend, each an exponentially weighted mean (Holt 1957). The first value begins the
// level, the first difference the trend: a straight line is followed exactly from its second value on.
internal sealed class HoltForecast(double levelSmoothing, double trendSmoothing)
{
    private double _level;
    private double _trend;
    private int _seen;

    public void Observe(double value)
    {
        var before = _level;
        if (_seen < 2)
        {
            (_level, _trend) = (value, _seen == 0 ? 0 : value - before);
            _seen++;
            return;
        }

        _level = (levelSmoothing * value) + ((1 - levelSmoothing) * (before + _trend));
        _trend = (trendSmoothing * (_level - before)) + ((1 - trendSmoothing) * _trend);
    }

    // Expected value a number of observations ahead of the last one.
    public double Ahead(double observations) => _level + (observations * _trend);
}
