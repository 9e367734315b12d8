namespace SimServe.Policies.AddOns;

/// <summary>What an adapter is.</summary>
public enum AdapterKind
{
    /// <summary>A LoRA.</summary>
    Lora,

    /// <summary>A ControlNet.</summary>
    ControlNet,
}
