namespace SimServe.Simulator.Sweeps;

/// <summary>A key of the scenario and the values it takes.</summary>
/// <param name="Path">The key, e.g. <c>policies.routing</c>.</param>
/// <param name="Column">Its name in tables, e.g. <c>routing</c>: letters, digits and underscores.</param>
/// <param name="Values">The values in the file's order, at least one, all different.</param>
public sealed record SweepAxis(string Path, string Column, IReadOnlyList<SweepValue> Values)
{
    /// <summary>Whether every value is a number.</summary>
    public bool IsNumeric => Values.All(static value => value.Number is not null);
}
