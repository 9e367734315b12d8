namespace SimServe.Simulator.Planning;

/// <summary>How many workers of which options: one kind, or two.</summary>
/// <param name="First">Index of an option.</param>
/// <param name="FirstCount">Its workers, at least 1.</param>
/// <param name="Second">Index of another option; -1 for none.</param>
/// <param name="SecondCount">Its workers; 0 for none.</param>
public readonly record struct Fleet(int First, int FirstCount, int Second = -1, int SecondCount = 0)
{
    /// <summary>Workers.</summary>
    public int Workers => FirstCount + SecondCount;

    /// <summary>Whether it has two kinds of device.</summary>
    public bool IsMix => SecondCount > 0;

    /// <summary>Dollars per hour.</summary>
    /// <param name="options">The options that it is made of.</param>
    public double UsdPerHour(IReadOnlyList<FleetOption> options) =>
        (FirstCount * options[First].UsdPerHour) + (IsMix ? SecondCount * options[Second].UsdPerHour : 0);

    /// <summary>The option of every worker, in order.</summary>
    public int[] OptionOfWorkers() => [.. Enumerable.Repeat(First, FirstCount), .. Enumerable.Repeat(Second, SecondCount)];

    /// <summary>The fleet with more or fewer workers of one of its options.</summary>
    /// <param name="option">The option.</param>
    /// <param name="change">How many more; negative for fewer.</param>
    public Fleet With(int option, int change)
    {
        var (first, second) = option == First ? (FirstCount + change, SecondCount) : (FirstCount, SecondCount + change);
        return second == 0 ? new Fleet(First, first) : first == 0 ? new Fleet(Second, second) : this with { FirstCount = first, SecondCount = second };
    }

    /// <summary>In words, e.g. <c>3 H100 on-demand + 2 A100 spot</c>.</summary>
    /// <param name="options">The options that it is made of.</param>
    public string Describe(IReadOnlyList<FleetOption> options) => IsMix
        ? $"{FirstCount} {options[First].Label} + {SecondCount} {options[Second].Label}"
        : $"{FirstCount} {options[First].Label}";
}
