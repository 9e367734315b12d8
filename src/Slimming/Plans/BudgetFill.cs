using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Plans;

/// <summary>Spends what rounding leaves of a budget.</summary>
/// <param name="limit">The budget.</param>
/// <param name="strategy">Whose next steps come first.</param>
/// <param name="target">The model.</param>
/// <param name="spectra">Energies of each group.</param>
internal sealed class BudgetFill(BudgetLimit limit, AdjustableStrategy strategy, ISlimTarget target, IReadOnlyList<Spectrum> spectra)
{
    private const int Halvings = 40;

    /// <summary>Raises widths in place until no group can take another step.</summary>
    /// <returns>How many steps were taken.</returns>
    public int Raise(int[] widths)
    {
        var queue = new PriorityQueue<int, (double, int, int)>();
        for (var group = 0; group < widths.Length; group++)
        {
            Enqueue(queue, widths, group);
        }

        var steps = 0;
        while (queue.TryDequeue(out var group, out _))
        {
            var before = widths[group];
            widths[group] = target.Groups[group].NextWidth(before);
            if (limit.Holds(widths))
            {
                steps++;
                Enqueue(queue, widths, group);
            }
            else
            {
                // The others only grow, so it will not fit later either.
                widths[group] = before;
            }
        }

        return steps;
    }

    private void Enqueue(PriorityQueue<int, (double, int, int)> queue, int[] widths, int group)
    {
        if (widths[group] < target.Groups[group].Units)
        {
            queue.Enqueue(group, (NextLevel(group, widths[group]), target.Groups[group].Depth, group));
        }
    }

    // The least number at which the strategy would widen the group; infinite where none does.
    private double NextLevel(int group, int width)
    {
        if (WidthAt(group, strategy.HighestLevel) <= width)
        {
            return double.PositiveInfinity;
        }

        var (low, high) = (0.0, strategy.HighestLevel);
        for (var i = 0; i < Halvings; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = WidthAt(group, middle) > width ? (low, middle) : (middle, high);
        }

        return high;
    }

    private int WidthAt(int group, double level) => target.Groups[group].Width(strategy.At(level).Wanted(target.Groups[group], spectra[group]));
}
