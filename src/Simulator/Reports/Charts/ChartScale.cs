namespace SimServe.Simulator.Reports.Charts;

/// <summary>How an axis lays out its values and writes them.</summary>
public enum ChartScale
{
    /// <summary>Equal lengths are equal differences.</summary>
    Linear,

    /// <summary>Equal lengths are equal ratios; values of 0 and below cannot be shown.</summary>
    Logarithmic,

    /// <summary>Linear, in seconds after the start, written as hours, minutes and seconds.</summary>
    Time,

    /// <summary>Linear, from 0 to 1, written as per cent.</summary>
    Share,
}
