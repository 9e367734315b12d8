using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>One call of a <see cref="FluxTransformer2DModel"/>: B images of L tokens and their prompts of T tokens.</summary>
public sealed record FluxInput
{
    /// <summary>Noised latents, [B, L, C], of the weights' type.</summary>
    public required Tensor HiddenStates { get; init; }

    /// <summary>Text states, [B, T, D], of the weights' type.</summary>
    public required Tensor EncoderHiddenStates { get; init; }

    /// <summary>Pooled prompts, [B, P], of the weights' type.</summary>
    public required Tensor PooledProjections { get; init; }

    /// <summary>Noise levels, [B], from 0 to 1.</summary>
    public required Tensor Timestep { get; init; }

    /// <summary>Guidance strengths, [B], for instance 3.5; <c>null</c> exactly when the model takes none.</summary>
    public Tensor? Guidance { get; init; }

    /// <summary>Coordinates of image tokens, [L, 3]: index of the image, row, column.</summary>
    public required Tensor ImageIds { get; init; }

    /// <summary>Coordinates of text tokens, [T, 3]; zeros in FLUX.1.</summary>
    public required Tensor TextIds { get; init; }

    /// <summary>Throws one exception for everything that does not fit.</summary>
    internal void Check(FluxTransformerConfig config, ScalarType type)
    {
        List<string> faults = [];
        var (members, tokens, words) = (Size(HiddenStates, 0), Size(HiddenStates, 1), Size(EncoderHiddenStates, 1));
        Require(faults, nameof(HiddenStates), HiddenStates, type, members, tokens, config.InChannels);
        Require(faults, nameof(EncoderHiddenStates), EncoderHiddenStates, type, members, words, config.TextWidth);
        Require(faults, nameof(PooledProjections), PooledProjections, type, members, config.PooledWidth);
        Require(faults, nameof(Timestep), Timestep, null, members);
        Require(faults, nameof(ImageIds), ImageIds, null, tokens, 3);
        Require(faults, nameof(TextIds), TextIds, null, words, 3);
        if (config.GuidanceEmbeds && Guidance is not null)
        {
            Require(faults, nameof(Guidance), Guidance, null, members);
        }
        else if (config.GuidanceEmbeds != Guidance is not null)
        {
            faults.Add(config.GuidanceEmbeds ? $"{nameof(Guidance)} is missing: the model needs it" : $"{nameof(Guidance)} is given: the model takes none");
        }

        if (faults.Count > 0)
        {
            throw new ArgumentException($"The transformer cannot run: {string.Join("; ", faults)}.");
        }
    }

    // At least 1: an empty tensor does not fit.
    private static long Size(Tensor tensor, int axis) => tensor.dim() > axis ? Math.Max(1, tensor.shape[axis]) : 1;

    private static void Require(List<string> faults, string name, Tensor tensor, ScalarType? type, params ReadOnlySpan<long> shape)
    {
        if (tensor.dtype != (type ?? tensor.dtype) || !tensor.shape.AsSpan().SequenceEqual(shape))
        {
            faults.Add($"{name} is {tensor.dtype} [{string.Join(", ", tensor.shape)}] but must be {type?.ToString() ?? "numbers"} [{string.Join(", ", shape.ToArray())}]");
        }
    }
}
