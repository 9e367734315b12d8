using SimServe.GpuBackend.Models.UNets;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>A picture that is edited again and again, as a denoiser sees it.</summary>
internal sealed record LatentTemplate
{
    /// <summary>[1, C, h, w], its latents without noise, float32; <c>null</c>: the picture is what the model makes of the noise and the conditions.</summary>
    public Tensor? Image { get; init; }

    /// <summary>Whether edits see the picture as it is around their masks, at every noise level: for models that have learned to fill holes.</summary>
    public bool IsClean { get; init; }

    /// <summary>[1, C, h, w], unit normal, float32.</summary>
    public required Tensor Noise { get; init; }

    /// <summary>What it shows: one condition, or with guidance the negative one and it.</summary>
    public required IReadOnlyList<DenoiserCondition> Branches { get; init; }

    /// <summary>Scale of the guidance; not used with one branch.</summary>
    public double Guidance { get; init; } = 1;

    /// <summary>[1, C', h, w], further channels of the model's input, or <c>null</c>.</summary>
    public Tensor? Context { get; init; }

    /// <summary>Draws the noise of a step, for schedulers that add some.</summary>
    public Func<Tensor>? StepNoise { get; init; }

    /// <summary>The first step that edits take; later ones are for edits of a strength below 1, which need a picture.</summary>
    public int FirstStep { get; init; }

    /// <summary>ControlNets' answer to a step's input, or <c>null</c>.</summary>
    public Func<UNetInput, int, ControlResiduals?>? Control { get; init; }
}
