using SimServe.GpuBackend.Models.UNets;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>What an edit of a recorded template is to be.</summary>
internal sealed record LatentEditRequest
{
    /// <summary>What is edited, on the grid of the model's tokens.</summary>
    public required EditMask Mask { get; init; }

    /// <summary>What it shall show: one condition, or with guidance the negative one and it.</summary>
    public required IReadOnlyList<DenoiserCondition> Branches { get; init; }

    /// <summary>Scale of the guidance; not used with one branch.</summary>
    public double Guidance { get; init; } = 1;

    /// <summary>[1, C, h, w], unit normal, float32; the masked part of it is used.</summary>
    public required Tensor Noise { get; init; }

    /// <summary>[1, C', h, w], further channels of the model's input, or <c>null</c>.</summary>
    public Tensor? Context { get; init; }

    /// <summary>Draws the noise of a step, for schedulers that add some.</summary>
    public Func<Tensor>? StepNoise { get; init; }

    /// <summary>ControlNets' answer to a step's input, or <c>null</c>.</summary>
    public Func<UNetInput, int, ControlResiduals?>? Control { get; init; }

    /// <summary>Whether the template's corrections are added, so that its own prompt and seed give the picture again. Models that fill holes do without.</summary>
    public bool KeepsToTemplate { get; init; }
}
