using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Plans;

/// <summary>Turns another strategy's number until the model is as large as may be, and spends what rounding leaves over.</summary>
/// <param name="kind">What is limited.</param>
/// <param name="share">Of the whole model's: greater than 0, at most 1.</param>
/// <param name="inner">The strategy; its own number does not matter.</param>
/// <remarks>
/// Bisection, since no group gets narrower as the number grows. Widths are rounded, so several groups may step at one number and the budget be missed by a lot; what is left
/// raises groups one step each, those first that the strategy would widen first if its number grew on, as long as the budget holds. In the end no group can take another step:
/// the size is within one rounding step of the budget, and never above.
/// </remarks>
public sealed class Budget(BudgetKind kind, double share, AdjustableStrategy inner) : ISlimStrategy
{
    /// <summary>Its name in plans.</summary>
    public const string Name = "budget";

    // Halvings after which neighbouring numbers are as good as equal.
    private const int Halvings = 60;

    private readonly double _share = SlimStrategies.Checked(share, 1, nameof(share));

    /// <inheritdoc/>
    public SlimChoice Choose(ISlimTarget target, IReadOnlyList<Spectrum> spectra)
    {
        var limit = BudgetLimit.Of(target, kind, _share);
        SlimStrategies.Check(target, spectra);
        var (level, widths) = Bisect(limit, target, spectra);
        var steps = new BudgetFill(limit, inner, target, spectra).Raise(widths);
        var (unit, turned) = (kind.ToString().ToLowerInvariant(), level > 0 ? inner.At(level).Description : inner.Description);
        return new SlimChoice(widths, StrategyDescription.Of(Name, (unit, _share), ("raisedSteps", steps)) with { Inner = turned });
    }

    /// <summary>Throws where no widths fit, before anything is measured.</summary>
    /// <param name="target">The model.</param>
    /// <exception cref="SlimmingException">No widths fit, or nothing predicts seconds; the message says why and what would.</exception>
    public void ThrowIfImpossible(ISlimTarget target) => BudgetLimit.Of(target, kind, _share);

    // The largest number that fits, and its widths; 0 with the least widths where even the smallest does not.
    private (double Level, int[] Widths) Bisect(BudgetLimit limit, ISlimTarget target, IReadOnlyList<Spectrum> spectra)
    {
        var highest = At(inner.HighestLevel);
        if (limit.Holds(highest))
        {
            return (inner.HighestLevel, highest);
        }

        var (low, high, widths) = (0.0, inner.HighestLevel, limit.Least);
        for (var i = 0; i < Halvings; i++)
        {
            var middle = (low + high) / 2;
            var candidate = At(middle);
            if (limit.Holds(candidate))
            {
                (low, widths) = (middle, candidate);
            }
            else
            {
                high = middle;
            }
        }

        return (low, widths);

        int[] At(double level) => inner.At(level).RoundedWidths(target, spectra);
    }
}
