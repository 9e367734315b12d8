namespace SimServe.Policies.AddOns;

/// <summary>LoRAs are fetched and merged before a request's first step, while its batch waits: what diffusers does.</summary>
public sealed class SynchronousLoras : ILoraPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "synchronous";

    /// <inheritdoc/>
    public bool FetchesAhead => false;

    /// <inheritdoc/>
    public bool Merges => true;

    /// <inheritdoc/>
    public int Bound(in Request request) => 0;
}
