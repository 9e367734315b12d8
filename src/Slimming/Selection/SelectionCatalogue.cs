namespace SimServe.Slimming.Selection;

/// <summary>Selections by name.</summary>
public static class SelectionCatalogue
{
    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [NormSelection.L1, NormSelection.L2, GeometricMedianSelection.Key, ScaleSelection.Key, RandomSelection.Key];

    /// <summary>Makes a selection.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="seed">For those that draw lots.</param>
    /// <exception cref="SlimmingException">There is none of that name.</exception>
    public static IUnitSelection Create(string name, long seed) => name switch
    {
        NormSelection.L1 => NormSelection.ByMagnitude,
        NormSelection.L2 => NormSelection.BySquares,
        GeometricMedianSelection.Key => new GeometricMedianSelection(),
        ScaleSelection.Key => new ScaleSelection(),
        RandomSelection.Key => new RandomSelection(seed),
        _ => throw Unknown(name),
    };

    internal static void ThrowIfUnknown(string name)
    {
        if (!Names.Contains(name))
        {
            throw Unknown(name);
        }
    }

    private static SlimmingException Unknown(string name) => new("selection", $"there is none named '{name}'; known are {string.Join(", ", Names)}.");
}
