using System.Collections.ObjectModel;

namespace SimServe.Policies.AddOns;

/// <summary>How a run serves ControlNets and LoRAs, by the names of policies.</summary>
public sealed record AddOnOptions
{
    /// <summary>How LoRAs come into effect.</summary>
    /// <value><c>synchronous</c>.</value>
    public string Loras { get; init; } = SynchronousLoras.Name;

    /// <summary>Steps without LoRAs where nothing was measured for them, 0 or more.</summary>
    /// <value>0.</value>
    public int LoraBound { get; init; }

    /// <summary>Steps without a LoRA by its number, measured; 0 or more.</summary>
    /// <value>Nothing was measured.</value>
    public IReadOnlyDictionary<int, int> LoraBounds { get; init; } = ReadOnlyDictionary<int, int>.Empty;

    /// <summary>Requests with other LoRAs than the batch's that one with the same may overtake, 0 or more; each is overtaken at most so often.</summary>
    /// <value>0.</value>
    public int LoraOvertaking { get; init; }

    /// <summary>Which LoRAs and ControlNets workers' devices fetch ahead of requests.</summary>
    /// <value><c>none</c>.</value>
    public string Prefetch { get; init; } = NoPrefetch.Name;

    /// <summary>After which time a use counts half where <see cref="Prefetch"/> is <c>popular</c>; greater than zero.</summary>
    /// <value>10 minutes: an assumption.</value>
    public TimeSpan PrefetchHalfLife { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Where ControlNets run.</summary>
    /// <value><c>serial</c>.</value>
    public string ControlNets { get; init; } = SerialControlNets.Name;

    /// <summary>Which step's residuals are added.</summary>
    public ControlMode ControlMode { get; init; }

    /// <summary>What becomes of requests when a device that runs ControlNets fails.</summary>
    public ControlNetRecovery ControlNetRecovery { get; init; }
}
