namespace SimServe.Simulator.Catalogue;

/// <summary>A number, and who says so.</summary>
/// <param name="Value">The number, in the unit of the property that holds it.</param>
/// <param name="Source">Where it comes from; begins with <c>assumption:</c> where nobody published it.</param>
public readonly record struct Sourced(double Value, string Source)
{
    private const string Mark = "assumption: ";

    /// <summary>Whether nobody published it.</summary>
    public bool IsAssumption => Source.StartsWith(Mark, StringComparison.Ordinal);

    /// <summary>A number that nobody published.</summary>
    /// <param name="value">The number.</param>
    /// <param name="reason">Why this one.</param>
    public static Sourced Assumed(double value, string reason) => new(value, Mark + reason);
}
