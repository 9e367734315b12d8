namespace SimServe.Slimming.Plans;

/// <summary>Size of the whole model.</summary>
/// <param name="Parameters">Numbers that were learned.</param>
/// <param name="Macs">Multiplications with an addition in one pass.</param>
/// <param name="Seconds">Predicted seconds of a pass when served, where a profile says.</param>
public sealed record PlanTotals(long Parameters, long Macs, double? Seconds)
{
    internal static PlanTotals Of(ISlimTarget target, IReadOnlyList<int> widths)
    {
        var size = target.SizeOf(widths);
        return new PlanTotals(size.Parameters, size.Macs, target.SecondsOf(widths));
    }
}
