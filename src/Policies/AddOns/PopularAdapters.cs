namespace SimServe.Policies.AddOns;

/// <summary>Devices fetch what the fleet's requests have used most lately, as long as nothing leaves for it that is as popular.</summary>
/// <param name="halfLife">After which time a use counts half; greater than zero.</param>
/// <remarks>
/// It knows the requests that have been sent to workers, and nothing of the future. Of each kind the most popular adapter that the device lacks is a candidate; the more popular of the two comes first, of equals the LoRA. Uses weigh
/// more the later they are, in place of all earlier ones' losing weight, so that nothing is touched with time. A choice looks at as many adapters as the device has, and one more.
/// </remarks>
public sealed class PopularAdapters(TimeSpan halfLife) : IAdapterPrefetch
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "popular";

    // Weights grow up to two to this power before all are scaled down.
    private const double MostHalfLives = 500;

    private readonly TimeSpan _halfLife = halfLife > TimeSpan.Zero ? halfLife : throw new ArgumentOutOfRangeException(nameof(halfLife), halfLife, "A half-life must be greater than zero.");
    private readonly AdapterRanking _loras = new();
    private readonly AdapterRanking _controlNets = new();
    private readonly HashSet<Adapter> _refused = [];
    private Instant _origin;

    /// <inheritdoc/>
    public void Used(in Adapter adapter, Instant now) => Of(adapter.Kind).Use(adapter.Number, Weight(now));

    /// <inheritdoc/>
    public void Refused(in Adapter adapter) => _refused.Add(adapter);

    /// <inheritdoc/>
    public Adapter? Choose(IAdapterStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        var (lora, loraUses) = Best(store, AdapterKind.Lora);
        var (controlNet, controlNetUses) = Best(store, AdapterKind.ControlNet);
        return controlNetUses > loraUses ? controlNet : lora;
    }

    private AdapterRanking Of(AdapterKind kind) => kind == AdapterKind.Lora ? _loras : _controlNets;

    private (Adapter? Adapter, double Uses) Best(IAdapterStore store, AdapterKind kind)
    {
        var ranking = Of(kind);
        for (var place = 0; place < ranking.Count; place++)
        {
            var adapter = new Adapter(kind, ranking[place]);
            if (_refused.Contains(adapter) || store.Has(adapter))
            {
                continue;
            }

            var (room, uses) = (store.RoomFor(adapter), ranking.UsesAt(place));
            return room.Fits && (room.Victim is not { } victim || ranking.UsesOf(victim) < uses) ? (adapter, uses) : (null, 0);
        }

        return (null, 0);
    }

    private double Weight(Instant now)
    {
        var halfLives = (now - _origin) / _halfLife;
        if (halfLives > MostHalfLives)
        {
            var share = Math.Pow(2, -halfLives);
            _loras.Scale(share);
            _controlNets.Scale(share);
            (_origin, halfLives) = (now, 0);
        }

        return Math.Pow(2, halfLives);
    }
}
