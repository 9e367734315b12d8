using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Plans;

/// <summary>Widths that somebody wrote down; groups that are not among them keep all units.</summary>
/// <param name="widths">Units by the group's name.</param>
public sealed class Manual(IReadOnlyDictionary<string, int> widths) : ISlimStrategy
{
    /// <summary>Its name in plans.</summary>
    public const string Name = "manual";

    /// <inheritdoc/>
    public SlimChoice Choose(ISlimTarget target, IReadOnlyList<Spectrum> spectra)
    {
        SlimStrategies.Check(target, spectra);
        string[] faults = [.. Faults(target)];
        return faults.Length == 0
            ? new SlimChoice([.. target.Groups.Select(group => widths.GetValueOrDefault(group.Name, group.Units))], StrategyDescription.Of(Name))
            : throw new SlimmingException("manual widths", faults);
    }

    private IEnumerable<string> Faults(ISlimTarget target)
    {
        var groups = target.Groups.ToDictionary(static group => group.Name, StringComparer.Ordinal);
        foreach (var (name, width) in widths.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            if (!groups.TryGetValue(name, out var group))
            {
                yield return $"there is no group '{name}'; the model has {string.Join(", ", groups.Keys)}.";
            }
            else if (!group.Allows(width))
            {
                yield return $"'{name}' cannot have {width} units; {AllowedWidths.Of(group)}.";
            }
        }
    }
}
