namespace SimServe.Policies.AddOns;

/// <summary>LoRAs are fetched in the background while early steps run without them, and merged at the first step boundary after they have arrived; no step beyond the bound is taken without.</summary>
/// <param name="bounds">The bounds.</param>
/// <remarks>Source: Katz (ATC '25), section 6, "bounded asynchronous loading". With bounds of 0 images are those of <see cref="SynchronousLoras"/>.</remarks>
public sealed class BoundedAsynchronousLoras(LoraBounds bounds) : ILoraPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "bounded-asynchronous";

    /// <inheritdoc/>
    public bool FetchesAhead => true;

    /// <inheritdoc/>
    public bool Merges => true;

    /// <inheritdoc/>
    public int Bound(in Request request) => bounds.Of(request.Adapters);
}
