namespace SimServe.Policies.Costs;

/// <summary>The part of a batch whose templates' activations lie in the device's memory: it is computed like the rest, and loads nothing.</summary>
/// <param name="Members">Requests of that part, from 0 to all.</param>
/// <param name="MaskedTokens">Sum of their masked tokens.</param>
public readonly record struct ResidentPart(int Members, int MaskedTokens)
{
    /// <summary>The part with one request more.</summary>
    /// <param name="maskedTokens">Its masked tokens.</param>
    public ResidentPart And(int maskedTokens) => new(Members + 1, MaskedTokens + maskedTokens);
}
