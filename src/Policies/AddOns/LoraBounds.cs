namespace SimServe.Policies.AddOns;

/// <summary>How many steps may be taken without a LoRA before it shows: measured for a model and each of its LoRAs.</summary>
/// <param name="Measured">Steps by the number of the LoRA, 0 or more.</param>
/// <param name="Otherwise">Steps of every other LoRA, 0 or more.</param>
public sealed record LoraBounds(IReadOnlyDictionary<int, int> Measured, int Otherwise)
{
    /// <summary>The bound of a set of adapters: the least of its LoRAs'.</summary>
    /// <param name="adapters">The set.</param>
    /// <value>0 for a set without LoRAs.</value>
    public int Of(AdapterSet adapters)
    {
        ArgumentNullException.ThrowIfNull(adapters);
        if (adapters.Loras.Count == 0)
        {
            return 0;
        }

        var least = int.MaxValue;
        foreach (var lora in adapters.Loras)
        {
            least = Math.Min(least, Measured.GetValueOrDefault(lora, Otherwise));
        }

        return least;
    }
}
