namespace SimServe.Simulator.Workloads.Adapters;

/// <summary>Service A of Katz: two LoRAs and mostly two ControlNets per request.</summary>
internal static class ServiceA
{
    /// <summary>Repetition of sets of the 5 most popular ControlNets alone.</summary>
    private const double Common = 0.27;

    /// <summary>Repetition of sets with the sixth: they come in long runs.</summary>
    private const double Seldom = 0.985;

    /// <summary>Repetition of all others, which are used alone.</summary>
    private const double Rare = 0.88;

    private static readonly ControlNetSet[] Listed =
    [
        new(0.2141, Common, 0),
        new(0.0662, Common, 1),
        new(0.0021, Common, 3),
        new(0.0191, Common, 0, 1),
        new(0.1048, Common, 0, 2),
        new(0.0481, Common, 0, 3),
        new(0.1319, Common, 0, 4),
        new(0.1569, Common, 1, 2),
        new(0.1803, Common, 1, 3),
        new(0.0068, Common, 1, 4),
        new(0.0279, Common, 2, 3),
        new(0.0090, Seldom, 0, 5),
        new(0.0094, Seldom, 3, 5),
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
        LoraRepeat = 0.32,
        LoraPair = 0.60,
        LoraCounts = [0.002, 0.088, 0.910],
        Loras = new LoraPopularity(
            (3, 0.093), (6, 0.143), (10, 0.202), (20, 0.280), (50, 0.375), (100, 0.453), (200, 0.534), (500, 0.653), (1000, 0.744), (2000, 0.840), (4000, 0.941), (6980, 1)),
    };
}
