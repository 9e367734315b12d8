namespace SimServe.Policies;

/// <summary>The ControlNets and LoRAs of a request, by their numbers within the run, from 0.</summary>
/// <remarks>
/// Sets are compared by content. Whoever makes many requests shares the sets: a request refers to one and copies nothing.
/// A LoRA changes the model's weights, so only requests with the same LoRAs can share a batch; a ControlNet runs beside the model.
/// </remarks>
public sealed class AdapterSet : IEquatable<AdapterSet>
{
    /// <summary>No adapters.</summary>
    public static readonly AdapterSet None = new([], []);

    private readonly int _hash;

    /// <summary>Creates a set.</summary>
    /// <param name="controlNets">Numbers of ControlNets, each once.</param>
    /// <param name="loras">Numbers of LoRAs, each once.</param>
    public AdapterSet(IReadOnlyList<int> controlNets, IReadOnlyList<int> loras)
    {
        (ControlNets, Loras) = ([.. controlNets.Order()], [.. loras.Order()]);
        IsEmpty = ControlNets.Count + Loras.Count == 0;
        var hash = default(HashCode);
        foreach (var controlNet in ControlNets)
        {
            hash.Add(controlNet);
        }

        hash.Add(-1);
        foreach (var lora in Loras)
        {
            hash.Add(lora);
        }

        _hash = hash.ToHashCode();
    }

    /// <summary>ControlNets in ascending order.</summary>
    public IReadOnlyList<int> ControlNets { get; }

    /// <summary>LoRAs in ascending order.</summary>
    public IReadOnlyList<int> Loras { get; }

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty { get; }

    /// <summary>Whether requests with these sets can share a batch: their LoRAs are the same.</summary>
    /// <param name="other">The other set.</param>
    public bool SharesWeightsWith(AdapterSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return ReferenceEquals(this, other) || Loras.SequenceEqual(other.Loras);
    }

    /// <inheritdoc/>
    public bool Equals(AdapterSet? other) =>
        ReferenceEquals(this, other)
        || (other is not null && _hash == other._hash && ControlNets.SequenceEqual(other.ControlNets) && Loras.SequenceEqual(other.Loras));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AdapterSet);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>E.g. <c>controlnet 3, lora 17</c>.</summary>
    public override string ToString() => IsEmpty
        ? "none"
        : string.Join(", ", [.. ControlNets.Select(static number => $"controlnet {number}"), .. Loras.Select(static number => $"lora {number}")]);
}
