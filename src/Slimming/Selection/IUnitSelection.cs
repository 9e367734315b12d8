namespace SimServe.Slimming.Selection;

/// <summary>Says which units of a group stay once it is known how many.</summary>
public interface IUnitSelection
{
    /// <summary>Its name in plans.</summary>
    string Name { get; }

    /// <summary>Chooses.</summary>
    /// <param name="rows">The group's units.</param>
    /// <param name="kept">How many stay: from 0 to all.</param>
    /// <returns>Their numbers from 0, in ascending order; of two that are worth the same the first stays.</returns>
    /// <exception cref="SlimmingException">A weight is not finite, or what the selection looks at is not there.</exception>
    IReadOnlyList<int> Keep(UnitRows rows, int kept);
}
