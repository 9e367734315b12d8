namespace SimServe.Policies.AddOns;

/// <summary>Decides which adapters devices fetch while nobody has asked for any.</summary>
public interface IAdapterPrefetch
{
    /// <summary>A request that was sent to a worker uses an adapter there.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="now">The present; never before that of an earlier call.</param>
    void Used(in Adapter adapter, Instant now);

    /// <summary>An adapter cannot be fetched: it is missing or spoilt.</summary>
    /// <param name="adapter">The adapter.</param>
    void Refused(in Adapter adapter);

    /// <summary>Chooses what a device fetches next.</summary>
    /// <param name="store">Its memory; nothing is on its way there.</param>
    /// <returns>An adapter that it does not have, or <c>null</c>: nothing.</returns>
    Adapter? Choose(IAdapterStore store);
}
