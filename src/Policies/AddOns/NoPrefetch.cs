namespace SimServe.Policies.AddOns;

/// <summary>Adapters are fetched when requests ask for them.</summary>
public sealed class NoPrefetch : IAdapterPrefetch
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "none";

    /// <inheritdoc/>
    public void Used(in Adapter adapter, Instant now)
    {
    }

    /// <inheritdoc/>
    public void Refused(in Adapter adapter)
    {
    }

    /// <inheritdoc/>
    public Adapter? Choose(IAdapterStore store) => null;
}
