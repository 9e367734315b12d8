using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>What one denoising step gives a U-Net or a ControlNet. Floating-point tensors have the type and device of the weights.</summary>
public sealed record UNetInput
{
    /// <summary>[B, C, h, w]: noisy latents, scaled as the scheduler asks; inpainting models get mask and masked-image latents as further channels.</summary>
    public required Tensor Sample { get; init; }

    /// <summary>[] or [B], any numeric type and device: time steps of training, 0 to 999, fractions allowed.</summary>
    public required Tensor Timestep { get; init; }

    /// <summary>[B, T, text width]: hidden states of the text encoder.</summary>
    public required Tensor Text { get; init; }

    /// <summary>What SDXL models need besides; <c>null</c> for others.</summary>
    public AddedCondition? AddedCondition { get; init; }

    /// <summary>What ControlNets add to a U-Net's features, or <c>null</c>. ControlNets themselves do not read it.</summary>
    public ControlResiduals? Residuals { get; init; }

    /// <summary>Keys and values of the text that earlier steps of the same request have left, or <c>null</c> to compute them.</summary>
    internal TextKeys? TextKeys { get; init; }

    /// <summary>How layers are computed.</summary>
    internal IUNetPass Pass { get; init; } = IUNetPass.Plain;

    /// <summary>Checks the shapes, so that a wrong one is named here and not deep inside a convolution.</summary>
    internal void ThrowUnlessFits(UNetEncoderConfig config)
    {
        Require(Sample.dim() == 4 && Sample.shape[1] == config.InChannels, nameof(Sample), Sample, $"[B, {config.InChannels}, h, w]");
        var batch = Sample.shape[0];
        Require(Timestep.numel() == 1 || (Timestep.dim() == 1 && Timestep.numel() == batch), nameof(Timestep), Timestep, $"[] or [{batch}]");
        Require(Text.dim() == 3 && Text.shape[0] == batch && Text.shape[2] == config.TextWidth, nameof(Text), Text, $"[{batch}, T, {config.TextWidth}]");
        if (config.Added is not { } added)
        {
            return;
        }

        var (pooled, ids) = AddedCondition
            ?? throw new ArgumentException("This U-Net (SDXL) needs an AddedCondition: the pooled text and the picture's sizes.");
        Require(ids.dim() == 2 && ids.shape[0] == batch, nameof(AddedCondition.TimeIds), ids, $"[{batch}, 6]");
        var width = added.Inputs - (ids.shape[1] * added.NumberWidth);
        Require(pooled.dim() == 2 && pooled.shape[0] == batch && pooled.shape[1] == width, nameof(AddedCondition.PooledText), pooled, $"[{batch}, {width}]");
    }

    private static void Require(bool holds, string name, Tensor found, string allowed)
    {
        if (!holds)
        {
            throw new ArgumentException($"{name} is [{string.Join(", ", found.shape)}]; this model needs {allowed}.", name);
        }
    }
}
