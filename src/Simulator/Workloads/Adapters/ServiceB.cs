namespace SimServe.Simulator.Workloads.Adapters;

/// <summary>Service B of Katz: one LoRA and mostly two ControlNets per request.</summary>
internal static class ServiceB
{
    /// <summary>Repetition of sets of the 8 most popular ControlNets alone.</summary>
    private const double Common = 0.37;

    /// <summary>Repetition of sets with one of the next four: they come in long runs.</summary>
    private const double Seldom = 0.82;

    /// <summary>Repetition of all others, which are used alone.</summary>
    private const double Rare = 0.97;

    private static readonly ControlNetSet[] Listed =
    [
        new(0.019, Common),
        new(0.1782, Common, 0),
        new(0.0006, Common, 3),
        new(0.0232, Common, 4),
        new(0.0022, Common, 5),
        new(0.0090, Common, 6),
        new(0.0272, Common, 7),
        new(0.0233, Common, 0, 3),
        new(0.0378, Common, 0, 4),
        new(0.0468, Common, 0, 5),
        new(0.0394, Common, 0, 6),
        new(0.0370, Common, 0, 7),
        new(0.2045, Common, 1, 2),
        new(0.0848, Common, 3, 4),
        new(0.0488, Common, 3, 5),
        new(0.0098, Common, 3, 6),
        new(0.0269, Common, 3, 7),
        new(0.0014, Common, 4, 5),
        new(0.0090, Common, 4, 6),
        new(0.0425, Common, 5, 6),
        new(0.0069, Common, 5, 7),
        new(0.0164, Common, 6, 7),
        new(0.0022, Common, 0, 1, 2),
        new(0.0007, Common, 0, 3, 4),
        new(0.0008, Common, 1, 2, 3),
        new(0.0273, Common, 1, 2, 4),
        new(0.0203, Seldom, 0, 8),
        new(0.0013, Seldom, 0, 11),
        new(0.0060, Seldom, 3, 8),
        new(0.0012, Seldom, 3, 11),
        new(0.0014, Seldom, 4, 8),
        new(0.0010, Seldom, 5, 8),
        new(0.0080, Seldom, 5, 11),
        new(0.0007, Seldom, 7, 8),
        new(0.0223, Seldom, 9, 10),
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
        LoraRepeat = 0.32,
        LoraPair = 0.85,
        LoraCounts = [0.072, 0.736, 0.192],
        Loras = new LoraPopularity(
            (2, 0.266), (3, 0.301), (6, 0.404), (10, 0.473), (20, 0.578), (50, 0.670), (100, 0.720), (200, 0.767), (500, 0.832), (1000, 0.877), (2000, 0.925), (4000, 0.971), (7463, 1)),
    };
}
