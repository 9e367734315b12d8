namespace SimServe.Simulator.Calibration;

/// <summary>The samples of one term as predictors see them.</summary>
/// <param name="Names">Names of the features.</param>
/// <param name="Rows">Features of every sample.</param>
/// <param name="Seconds">Measured seconds of every sample, greater than 0.</param>
internal sealed record TermSamples(IReadOnlyList<string> Names, IReadOnlyList<double[]> Rows, IReadOnlyList<double> Seconds)
{
    /// <summary>The feature that is always 1.</summary>
    public const string Constant = "1";

    public int Count => Rows.Count;

    // Operations, bytes, steps; or the requests of a batch where nothing else is known. What is summed has one unit.
    public bool IsQuantity(int column) => Names.Any(static name => name.EndsWith("FLOP", StringComparison.Ordinal))
        ? Names[column].EndsWith("FLOP", StringComparison.Ordinal)
        : Names[column] != Constant;

    public TermSamples Without(int index) => this with
    {
        Rows = [.. Rows.Where((_, place) => place != index)],
        Seconds = [.. Seconds.Where((_, place) => place != index)],
    };
}
