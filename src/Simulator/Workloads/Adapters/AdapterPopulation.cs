namespace SimServe.Simulator.Workloads.Adapters;

/// <summary>Which ControlNets and LoRAs the requests of a service use, and how they follow each other at one place.</summary>
/// <remarks>
/// <para>
/// Fitted to the production services A and B of Katz (Li et al., USENIX ATC '25): Table 1 (how many per request), section 3 and figure 5
/// (popularity), figure 6 (loads per request against the size of a node's cache).
/// </para>
/// <para>
/// Independent draws do not reproduce figure 6: requests at one node resemble the ones before. So a request looks back at the one d before it
/// in its neighbourhood, with a probability proportional to 1 / d^<see cref="RecencyExponent"/> up to <see cref="Window"/>, and repeats its LoRAs with
/// probability <see cref="LoraRepeat"/>; and it looks back at the last request, or with probability <see cref="Alternation"/> at the one before that, and
/// repeats its ControlNets with a probability that depends on them. Otherwise it draws afresh. What is drawn afresh is weighted
/// so that shares over all requests stay those of the table, whatever is repeated.
/// </para>
/// <para>
/// A request's second LoRA is with probability <see cref="LoraPair"/> the first one's fixed partner, its neighbour in popularity, otherwise
/// another draw. ControlNets come in sets, whose shares were chosen to give Table 1, the popularity of each, and figure 6. Of the sets that are special
/// a neighbourhood knows <see cref="Specialities"/>.
/// </para>
/// <para>
/// Fitted on figure 6: LoRAs at LRU 2, 4 and 8 slots; ControlNets at all LRU slots and at LFU 3, 5, 7, 9 (A) and 2, 3, 8 (B). The README says how well the
/// others are met, and why B with LFU and 7 slots is not: 0.29 loads per request instead of 0.36.
/// </para>
/// </remarks>
public sealed class AdapterPopulation
{
    internal AdapterPopulation(string name) => Name = name;

    /// <summary>How many requests a request may look back.</summary>
    public const int Window = 32;

    /// <summary>Name in scenario files and reports.</summary>
    public string Name { get; }

    /// <summary>Number of ControlNets.</summary>
    public int ControlNetCount { get; internal init; }

    /// <summary>Number of LoRAs.</summary>
    public int LoraCount => Loras?.Count ?? 0;

    /// <summary>Exponent of the law by which a request looks back for its LoRAs: larger is more recent.</summary>
    public double RecencyExponent { get; internal init; }

    /// <summary>Special sets of ControlNets that a neighbourhood knows: each drawn by its share, and used in place of any other, as often as any other.</summary>
    public int Specialities { get; internal init; }

    /// <summary>Probability that a request looks back for its ControlNets at the request before the last, not at the last: two jobs take turns at a node.</summary>
    public double Alternation { get; internal init; }

    /// <summary>Probability that a request repeats the LoRAs of the one it looks back at.</summary>
    public double LoraRepeat { get; internal init; }

    /// <summary>Probability that a second LoRA is the first one's partner.</summary>
    public double LoraPair { get; internal init; }

    /// <summary>Probabilities that a request has 0, 1 and 2 LoRAs.</summary>
    public IReadOnlyList<double> LoraCounts { get; internal init; } = [1];

    /// <summary>Size of a ControlNet in bytes: 3 GiB (Katz, section 1).</summary>
    public long ControlNetBytes => 3L << 30;

    /// <summary>Size of a LoRA in bytes: that of Katz's test adapters Papercut and Photography, rank 64 for SDXL.</summary>
    public long LoraBytes => 340_459_520;

    internal IReadOnlyList<ControlNetSet> ControlNetSets { get; init; } = [new(1, 0)];

    internal LoraPopularity? Loras { get; init; }
}
