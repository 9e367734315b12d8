using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>What a ControlNet adds to a U-Net: one tensor for each skip connection and one for the middle.</summary>
/// <param name="Down">In the order of the way down, [B, C, h, w] each.</param>
/// <param name="Mid">[B, C, h, w], the lowest resolution.</param>
/// <remarks>Owns its tensors. Source: Zhang et al., 2023, "Adding Conditional Control to Text-to-Image Diffusion Models".</remarks>
public sealed record ControlResiduals(IReadOnlyList<Tensor> Down, Tensor Mid) : IDisposable
{
    /// <summary>Adds up what several ControlNets of the same structure gave.</summary>
    /// <param name="nets">At least one; left as they are.</param>
    /// <returns>New residuals, owned by the caller.</returns>
    /// <exception cref="ArgumentException">There is none, or their numbers of tensors differ.</exception>
    public static ControlResiduals Sum(IReadOnlyList<ControlResiduals> nets)
    {
        ArgumentNullException.ThrowIfNull(nets);
        if (nets.Count == 0 || nets.Any(net => net.Down.Count != nets[0].Down.Count))
        {
            throw new ArgumentException(
                $"Residuals of ControlNets of one structure can be added; there are {nets.Count} with {string.Join(", ", nets.Select(static net => net.Down.Count))} tensors.",
                nameof(nets));
        }

        return new ControlResiduals(
            [.. Enumerable.Range(0, nets[0].Down.Count).Select(i => Total(nets, net => net.Down[i]))], Total(nets, static net => net.Mid));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Down)
        {
            tensor.Dispose();
        }

        Mid.Dispose();
    }

    /// <summary>Adds the residuals to a U-Net's features, in place: nothing else reads them before the way up.</summary>
    /// <param name="encoded">The features.</param>
    /// <param name="rows">Rows of the batch that they are for, int64; <c>null</c>: all.</param>
    /// <exception cref="ArgumentException">They were made for another structure.</exception>
    internal void AddTo(EncoderOutput encoded, Tensor? rows = null)
    {
        if (Down.Count != encoded.Skips.Length)
        {
            throw new ArgumentException(
                $"The ControlNet gave {Down.Count} residuals, but the U-Net has {encoded.Skips.Length} skip connections: they belong to different model families.");
        }

        for (var i = 0; i < Down.Count; i++)
        {
            Add(encoded.Skips[i], Down[i], rows);
        }

        Add(encoded.Mid, Mid, rows);
    }

    internal ControlResiduals MoveToOuterDisposeScope()
    {
        foreach (var tensor in Down)
        {
            tensor.MoveToOuterDisposeScope();
        }

        Mid.MoveToOuterDisposeScope();
        return this;
    }

    internal void DetachFromDisposeScope()
    {
        foreach (var tensor in Down)
        {
            tensor.DetachFromDisposeScope();
        }

        Mid.DetachFromDisposeScope();
    }

    private static Tensor Add(Tensor features, Tensor residual, Tensor? rows) =>
        rows is null ? features.add_(residual) : features.index_add_(0, rows, residual, 1);

    private static Tensor Total(IReadOnlyList<ControlResiduals> nets, Func<ControlResiduals, Tensor> part)
    {
        if (nets.Count == 1)
        {
            return part(nets[0]).alias();
        }

        var total = part(nets[0]).add(part(nets[1]));
        for (var i = 2; i < nets.Count; i++)
        {
            total.add_(part(nets[i]));
        }

        return total;
    }
}
