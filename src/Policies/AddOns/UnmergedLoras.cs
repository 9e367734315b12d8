namespace SimServe.Policies.AddOns;

/// <summary>LoRAs act beside the weights, each request's on its own rows, so that one batch can carry different ones; fetched and bounded as by <see cref="BoundedAsynchronousLoras"/>.</summary>
/// <param name="bounds">The bounds.</param>
/// <remarks>Nothing is patched in or out, and every step pays for the low-rank products. After S-LoRA and Punica (MLSys '24), for diffusion models.</remarks>
public sealed class UnmergedLoras(LoraBounds bounds) : ILoraPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "unmerged";

    /// <inheritdoc/>
    public bool FetchesAhead => true;

    /// <inheritdoc/>
    public bool Merges => false;

    /// <inheritdoc/>
    public int Bound(in Request request) => bounds.Of(request.Adapters);
}
