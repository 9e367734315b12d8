namespace SimServe.Simulator.Workloads.Adapters;

/// <summary>Service B of Katz: one LoRA and mostly two ControlNets per request.</summary>
internal static class ServiceB
{
    /// <summary>Repetition of sets of the 8 most popular ControlNets alone.</summary>
    private const double Common = 0.218;

    /// <summary>Repetition of the seventh and eighth, which are mostly used together, in runs.</summary>
    private const double Together = 0.820;

    /// <summary>Repetition of sets with one of the next four: a node knows one of these sets.</summary>
    private const double Special = 0.734;

    /// <summary>Repetition of all others, which are used alone.</summary>
    private const double Rare = 0.730;

    private static readonly ControlNetSet[] Listed =
    [
        new(0.0190, Common),
        new(0.1200, Common, 0),
        new(0.0007, Common, 3),
        new(0.1032, Common, 4),
        new(0.0037, Common, 5),
        new(0.0085, Common, 6),
        new(0.0050, Common, 7),
        new(0.1325, Common, 0, 3),
        new(0.0817, Common, 0, 5),
        new(0.0028, Common, 0, 6),
        new(0.0016, Common, 0, 7),
        new(0.2337, Common, 1, 2),
        new(0.0174, Common, 3, 4),
        new(0.0117, Common, 3, 5),
        new(0.0065, Common, 3, 6),
        new(0.0037, Common, 3, 7),
        new(0.0026, Common, 4, 5),
        new(0.0199, Common, 4, 6),
        new(0.0118, Common, 4, 7),
        new(0.0333, Common, 5, 6),
        new(0.0202, Common, 5, 7),
        new(0.0556, Together, 6, 7),
        new(0.0002, Common, 0, 1, 2),
        new(0.0299, Common, 0, 3, 4),
        new(0.0009, Common, 1, 2, 4),
        new(0.0091, Special, 0, 8) { IsSpecial = true },
        new(0.0091, Special, 0, 11) { IsSpecial = true },
        new(0.0007, Special, 3, 8) { IsSpecial = true },
        new(0.0004, Special, 4, 8) { IsSpecial = true },
        new(0.0017, Special, 5, 8) { IsSpecial = true },
        new(0.0026, Special, 5, 11) { IsSpecial = true },
        new(0.0179, Special, 7, 8) { IsSpecial = true },
        new(0.0223, Special, 9, 10) { IsSpecial = true },
        new(0.00427, Rare, 12),
        new(0.00127, Rare, 13),
        new(0.00127, Rare, 14),
        new(0.00125, Rare, 15),
    ];

    public static AdapterPopulation Population { get; } = new("service-b")
    {
        ControlNetCount = 94,
        ControlNetSets = [.. Listed, .. Enumerable.Range(16, 78).Select(static number => new ControlNetSet(0.000025, Rare, number))],
        RecencyExponent = 1.8,
        Alternation = 0.270,
        Specialities = 1,
        LoraRepeat = 0.32,
        LoraPair = 0.85,
        LoraCounts = [0.072, 0.736, 0.192],
        Loras = new LoraPopularity(
            (2, 0.266), (3, 0.301), (6, 0.404), (10, 0.473), (20, 0.578), (50, 0.670), (100, 0.720), (200, 0.767), (500, 0.832), (1000, 0.877), (2000, 0.925), (4000, 0.971), (7463, 1)),
    };
}
