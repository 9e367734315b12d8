using SimServe.Policies.Costs;

namespace SimServe.Policies.Pipelines;

/// <summary>How a step of a batch is run, and what that is predicted to take.</summary>
/// <param name="Modes">For every block, where the template's rows come from.</param>
/// <param name="LookAhead">How many blocks the copy stream may be ahead; 0 loads and computes in turn.</param>
/// <param name="Time">Predicted time of one step.</param>
/// <param name="Bytes">Bytes that one step moves over the link.</param>
/// <param name="Costs">Whose prediction it is, or <c>null</c>: a device that takes exactly these times need not work them out again.</param>
public sealed record PlannedStep(IReadOnlyList<BlockMode> Modes, int LookAhead, TimeSpan Time, long Bytes, ICostModel? Costs = null)
{
    internal static readonly PlannedStep None = new([], 0, TimeSpan.Zero, 0);
}
