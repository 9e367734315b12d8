using SimServe.Policies;

namespace SimServe.Simulator.Workloads.Adapters;

/// <summary>Draws the adapters of one request after another.</summary>
/// <remarks>
/// Requests resemble earlier ones of their neighbourhood: the requests that one node of the measured services received. A workload for
/// as many devices has as many neighbourhoods; whether a router brings them together again is for it to show. A repeated set is
/// the same object; only a new combination is allocated. The same seed gives the same adapters, and no property's stream depends on another's.
/// </remarks>
public sealed class AdapterSource
{
    private readonly AdapterPopulation _population;
    private readonly AdapterStreams _streams;
    private readonly Neighbourhood[] _neighbourhoods;
    private readonly CumulativeChoice _distances;
    private readonly CumulativeChoice _freshControlNets;
    private readonly CumulativeChoice _firstControlNets;
    private readonly CumulativeChoice _loraCounts;

    /// <summary>Creates a source.</summary>
    /// <param name="population">What requests use.</param>
    /// <param name="runSeed">The run's seed.</param>
    /// <param name="neighbourhoods">Number of neighbourhoods, at least 1.</param>
    public AdapterSource(AdapterPopulation population, long runSeed, int neighbourhoods = 1)
    {
        ArgumentNullException.ThrowIfNull(population);
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbourhoods, 1);
        _population = population;
        _streams = new AdapterStreams(runSeed);
        var specialities = new CumulativeChoice(population.ControlNetSets.Select(static set => set.IsSpecial ? set.Share : 0));
        _neighbourhoods = [.. Enumerable.Range(0, neighbourhoods).Select(_ => new Neighbourhood(
            [.. Enumerable.Range(0, population.Specialities).Select(_ => specialities.Quantile(_streams.Specialities.NextDouble()))]))];
        _distances = new CumulativeChoice(
            Enumerable.Range(1, AdapterPopulation.Window).Select(distance => Math.Pow(distance, -population.RecencyExponent)));
        _loraCounts = new CumulativeChoice(population.LoraCounts);

        // A set that is often repeated is drawn afresh as much less often, so that its share stays what the population says. Where there is
        // nobody to repeat yet the draw has that share itself.
        _freshControlNets = new CumulativeChoice(population.ControlNetSets.Select(static set => set.Share * (1 - set.Repeat)));
        _firstControlNets = new CumulativeChoice(population.ControlNetSets.Select(static set => set.Share));
    }

    /// <summary>Adapters of the next request, at a neighbourhood drawn at random.</summary>
    /// <param name="neighbourhood">That neighbourhood, from 0.</param>
    public AdapterSet Next(out int neighbourhood)
    {
        neighbourhood = _streams.Neighbourhoods.Next(_neighbourhoods.Length);
        return Draw(_neighbourhoods[neighbourhood]);
    }

    /// <summary>Adapters of the next request at a neighbourhood.</summary>
    /// <param name="neighbourhood">From 0 to one less than there are.</param>
    public AdapterSet NextAt(int neighbourhood) => Draw(_neighbourhoods[neighbourhood]);

    private AdapterSet Draw(Neighbourhood neighbourhood)
    {
        var (draw, repeat, speciality) = (_streams.ControlNets.NextDouble(), _streams.Repeats.NextDouble(), _streams.Speciality.NextDouble());
        var sets = _population.ControlNetSets;
        var hasPast = neighbourhood.TryLookBack(_streams.Alternation.NextDouble() < _population.Alternation ? 2 : 1, out var past);
        var controlNets = past.ControlNets;
        if (!hasPast || repeat >= sets[controlNets].Repeat)
        {
            controlNets = (hasPast ? _freshControlNets : _firstControlNets).Quantile(draw);
            controlNets = sets[controlNets].IsSpecial ? neighbourhood.Speciality(speciality) : controlNets;
        }

        var loras = FreshLoras();
        if (neighbourhood.TryLookBack(1 + _distances.Quantile(_streams.Recency.NextDouble()), out var styled) && repeat < _population.LoraRepeat)
        {
            loras = styled.Loras;
        }

        var adapters = past.As(controlNets, loras) ?? styled.As(controlNets, loras) ?? Combine(sets[controlNets].ControlNets, loras);
        neighbourhood.Add(new PastChoice(controlNets, loras, adapters));
        return adapters;
    }

    private LoraChoice FreshLoras()
    {
        var count = _loraCounts.Quantile(_streams.LoraCounts.NextDouble());
        var (first, second) = (_streams.FirstLoras.NextDouble(), _streams.SecondLoras.NextDouble());
        var paired = _streams.Partners.NextDouble() < _population.LoraPair;
        if (count == 0 || _population.Loras is not { } popularity)
        {
            return default;
        }

        var lora = popularity.Quantile(first);
        if (count == 1)
        {
            return new LoraChoice(1, lora, 0);
        }

        var other = popularity.Quantile(second);
        return new LoraChoice(2, lora, paired || other == lora ? PartnerOf(lora, popularity.Count) : other);
    }

    // Neighbours in popularity, 0 and 1, 2 and 3, and so on; the last of an odd number has the one before it.
    private static int PartnerOf(int lora, int count) => (lora ^ 1) < count ? lora ^ 1 : lora - 1;

    private static AdapterSet Combine(int[] controlNets, LoraChoice loras) => (controlNets.Length, loras.Count) switch
    {
        (0, 0) => AdapterSet.None,
        (_, 0) => new AdapterSet(controlNets, []),
        (_, 1) => new AdapterSet(controlNets, [loras.First]),
        _ => new AdapterSet(controlNets, [loras.First, loras.Second]),
    };
}
