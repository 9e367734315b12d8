using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>The lanes of one forward pass, each at a time step of its own.</summary>
internal sealed record DenoiserBatch
{
    /// <summary>[B, C, h, w], the model's input, float32: latents as the scheduler scales them, and whatever further channels the model takes.</summary>
    public required Tensor Sample { get; init; }

    /// <summary>Each lane's time step, in training steps.</summary>
    public required IReadOnlyList<double> Timesteps { get; init; }

    /// <summary>Each lane's condition.</summary>
    public required IReadOnlyList<DenoiserCondition> Conditions { get; init; }

    /// <summary>What ControlNets say of neighbouring lanes; empty for none.</summary>
    public IReadOnlyList<LaneControl> Controls { get; init; } = [];

    /// <summary>Lanes, B.</summary>
    public int Lanes => Conditions.Count;

    /// <summary>A part of all lanes' conditions in one tensor.</summary>
    public Tensor Joined(Func<DenoiserCondition, Tensor?> part, ScalarType type)
    {
        var parts = Conditions.Select(condition => part(condition)
            ?? throw new ArgumentException("A lane lacks a part of the condition that this model needs.")).ToArray();
        return parts.Any(one => one.dim() != parts[0].dim() || one.shape[1] != parts[0].shape[1])
            ? throw new ArgumentException("The lanes of a batch need equally many text tokens.")
            : (parts.Length == 1 ? parts[0].alias() : cat(parts)).to(type);
    }
}
