namespace SimServe.GpuBackend.Layers;

/// <summary>Which faster ways a U-Net or ControlNet computes its layers in. Every one of them gives the plain result but for rounding.</summary>
/// <remarks>
/// For inference only: what is made of weights is kept until an adapter puts another tensor in a weight's place, and a training writes into the same one. Source of the list: SwiftDiffusion (Li et al., 2024),
/// section 5, as far as libtorch has the operators; what each one brings is in <c>benchmarks/results/Backbone.md</c>.
/// </remarks>
public sealed record BackboneOptimisations
{
    private static readonly (string Name, Func<BackboneOptimisations, BackboneOptimisations> Add)[] Table =
    [
        ("channels-last", static set => set with { ChannelsLast = true }),
        ("fused-geglu", static set => set with { FusedGeglu = true }),
        ("joined-projections", static set => set with { JoinedProjections = true }),
        ("prepacked-weights", static set => set with { PrepackedWeights = true }),
        ("text-kv-cache", static set => set with { TextKeyValueCache = true }),
    ];

    /// <summary>Every layer as it stands.</summary>
    public static BackboneOptimisations None { get; } = new();

    /// <summary>All of them.</summary>
    public static BackboneOptimisations All { get; } = Table.Aggregate(None, static (set, one) => one.Add(set));

    /// <summary>Their names on the command line, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Table.Select(static one => one.Name)];

    /// <summary>Images and the weights of convolutions with a pixel's channels next to each other (NHWC), which is what convolution kernels compute in. Takes a copy of those weights.</summary>
    /// <value><c>false</c>.</value>
    public bool ChannelsLast { get; init; }

    /// <summary>GELU and the product of the gated feed-forward layers inside their matrix products. On the processor in float32; elsewhere libtorch has no such operator with the exact GELU.</summary>
    /// <value><c>false</c>.</value>
    public bool FusedGeglu { get; init; }

    /// <summary>Queries, keys and values of a self-attention, and keys and values of an attention to the text, by one matrix product. Takes a copy of those weights.</summary>
    /// <value><c>false</c>.</value>
    public bool JoinedProjections { get; init; }

    /// <summary>
    /// Weights of convolutions in the blocked layout of oneDNN's kernels, so that they are not brought into it again in every pass. On the processor in float32. Takes a copy of those weights for each
    /// size of input; a layer keeps those of two sizes.
    /// </summary>
    /// <value><c>false</c>.</value>
    public bool PrepackedWeights { get; init; }

    /// <summary>Keys and values of the text computed once for a request and not in every step.</summary>
    /// <value><c>false</c>.</value>
    public bool TextKeyValueCache { get; init; }

    /// <summary>These and one more.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is none of that name; the message lists those that there are.</exception>
    public BackboneOptimisations With(string name)
    {
        var found = Array.Find(Table, one => one.Name == name);
        return found.Add is { } add ? add(this) : throw new ArgumentException($"There is no optimisation \"{name}\"; there are {string.Join(", ", Names)}.", nameof(name));
    }
}
