using System.Globalization;

namespace SimServe.Slimming.Plans;

/// <summary>What a model may weigh, once it is known that it can.</summary>
internal sealed class BudgetLimit
{
    private readonly ISlimTarget _target;
    private readonly BudgetKind _kind;
    private readonly double _most;

    private BudgetLimit(ISlimTarget target, BudgetKind kind, double share)
    {
        (_target, _kind) = (target, kind);
        Least = Widths(static group => group.Floor);

        // A share of 1 is the whole model, whatever the product rounds to.
        var whole = Measure(Widths(static group => group.Units));
        _most = share == 1 ? whole : share * whole;
        ThrowIfImpossible(whole, share);
    }

    /// <summary>The narrowest widths that are allowed; they fit.</summary>
    public int[] Least { get; }

    public static BudgetLimit Of(ISlimTarget target, BudgetKind kind, double share)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new BudgetLimit(target, kind, share);
    }

    public bool Holds(IReadOnlyList<int> widths) => Measure(widths) <= _most;

    private double Measure(IReadOnlyList<int> widths) => _kind switch
    {
        BudgetKind.Parameters => _target.SizeOf(widths).Parameters,
        BudgetKind.Macs => _target.SizeOf(widths).Macs,
        BudgetKind.Seconds => _target.SecondsOf(widths)
            ?? throw new SlimmingException("a budget of seconds", "no profile predicts how long the model takes. Give one, or limit parameters or MACs."),
        _ => throw new ArgumentOutOfRangeException(nameof(widths), _kind, "No such budget."),
    };

    private int[] Widths(Func<SlimGroup, int> width) => [.. _target.Groups.Select(width)];

    private void ThrowIfImpossible(double whole, double share)
    {
        var least = Measure(Least);
        if (least <= _most)
        {
            return;
        }

        var withoutProtection = least - Measure(Widths(static group => (group with { IsProtected = false }).Floor));
        var withoutMinimum = least - Measure(Widths(static group => group.IsProtected ? group.Units : (group with { Minimum = 1 }).Floor));
        throw new SlimmingException(
            $"a budget of {Percent(share)} of the {_kind.ToString().ToLowerInvariant()}",
            $"it allows {Number(_most)} of {Number(whole)}, but the least that is possible is {Number(least)} ({Percent(least / whole)}): "
                + $"{Number(withoutProtection)} of that are in {_target.Groups.Count(static group => group.IsProtected)} protected groups, "
                + $"{Number(withoutMinimum)} come from minimum widths, and the rest is in no group or below the least multiple. "
                + $"Ask for at least {Percent(least / whole)}, lower minimum widths or protect fewer groups.");
    }

    private string Number(double value) => value.ToString(_kind == BudgetKind.Seconds ? "0.######" : "N0", CultureInfo.InvariantCulture);

    // Up, so that what a message proposes is possible.
    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(share * 1000 - 1e-9) / 10:0.#} %");
}
