namespace SimServe.Policies.AddOns;

/// <summary>Every ControlNet runs on the worker itself, one after another, and then the U-Net: what diffusers does.</summary>
public sealed class SerialControlNets : IControlNetPlacement
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "serial";

    /// <inheritdoc/>
    public int? Place(int controlNet, int place, ControlNetView devices) => null;
}
