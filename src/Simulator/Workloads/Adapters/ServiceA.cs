namespace SimServe.Simulator.Workloads.Adapters;

/// <summary>Service A of Katz: two LoRAs and mostly two ControlNets per request.</summary>
internal static class ServiceA
{
    /// <summary>Repetition of sets of the 5 most popular ControlNets alone.</summary>
    private const double Common = 0.275;

    /// <summary>Repetition of sets with the sixth: 2 % of the nodes serve nothing else.</summary>
    private const double Dedicated = 0.99999;

    /// <summary>Repetition of all others, which are used alone.</summary>
    private const double Rare = 0.836;

    private static readonly ControlNetSet[] Listed =
    [
        new(0.1051, Common, 0),
        new(0.1724, Common, 1),
        new(0.0004, Common, 2),
        new(0.0043, Common, 3),
        new(0.0004, Common, 4),
        new(0.0321, Common, 0, 1),
        new(0.2513, Common, 0, 2),
        new(0.0467, Common, 0, 3),
        new(0.0897, Common, 0, 4),
        new(0.0064, Common, 1, 2),
        new(0.1716, Common, 1, 3),
        new(0.0464, Common, 1, 4),
        new(0.0308, Common, 2, 3),
        new(0.0007, Common, 2, 4),
        new(0.0003, Common, 3, 4),
        new(0.0020, Dedicated, 0, 5),
        new(0.0004, Dedicated, 1, 5),
        new(0.0004, Dedicated, 2, 5),
        new(0.0143, Dedicated, 3, 5),
        new(0.0020, Dedicated, 4, 5),
        new(0.00410, Rare, 6),
        new(0.00195, Rare, 7),
        new(0.00185, Rare, 8),
        new(0.00156, Rare, 9),
        new(0.00117, Rare, 10),
        new(0.00108, Rare, 11),
        new(0.00105, Rare, 12),
        new(0.00095, Rare, 13),
        new(0.00095, Rare, 14),
        new(0.00078, Rare, 15),
    ];

    public static AdapterPopulation Population { get; } = new("service-a")
    {
        ControlNetCount = 47,
        ControlNetSets = [.. Listed, .. Enumerable.Range(16, 31).Select(static number => new ControlNetSet(0.000227, Rare, number))],
        RecencyExponent = 2.0,
        Alternation = 0.731,
        LoraRepeat = 0.32,
        LoraPair = 0.60,
        LoraCounts = [0.002, 0.088, 0.910],
        Loras = new LoraPopularity(
            (3, 0.093), (6, 0.143), (10, 0.202), (20, 0.280), (50, 0.375), (100, 0.453), (200, 0.534), (500, 0.653), (1000, 0.744), (2000, 0.840), (4000, 0.941), (6980, 1)),
    };
}
