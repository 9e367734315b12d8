using System.Text.Json.Serialization;

namespace SimServe.Policies.Profiles;

/// <summary>One measurement on a device.</summary>
/// <param name="Term">What was measured: a constant of <see cref="ProfileTerm"/>.</param>
/// <param name="Work">The work of a block, or zeros for other terms.</param>
/// <param name="Bytes">Bytes moved, or 0.</param>
/// <param name="Steps">Denoising steps of a recording, or 0.</param>
/// <param name="Seconds">Measured time in seconds, positive: the mean of <paramref name="Repetitions"/>.</param>
/// <param name="Spread">Interquartile range over the median of all repetitions.</param>
/// <param name="Repetitions">Repetitions that count.</param>
/// <param name="Rejected">Repetitions left out because they took more than five times the upper quartile.</param>
public sealed record ProfileSample(
    string Term, Work Work, long Bytes, int Steps, double Seconds, double Spread, int Repetitions, int Rejected)
{
    /// <summary>How far the mean of as many repetitions may be off when they are measured again, relative: how far those of the earlier and of the later half are apart, or what chance does in one of twenty cases, whichever is more; of fewer than eight repetitions, how far they are apart.</summary>
    /// <value><c>null</c>: one repetition, or nobody noted it.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Repeatability { get; init; }
}

/// <summary>The terms of a device's cost model.</summary>
public static class ProfileTerm
{
    /// <summary>One double-stream block.</summary>
    public const string DoubleBlock = "block.double";

    /// <summary>One single-stream block.</summary>
    public const string SingleBlock = "block.single";

    /// <summary>One joint block of Stable Diffusion 3.</summary>
    public const string JointBlock = "block.joint";

    /// <summary>One block of a class-conditional diffusion transformer.</summary>
    public const string DiTBlock = "block.dit";

    /// <summary>One transformer block of a UNet.</summary>
    public const string CrossAttentionBlock = "block.cross-attention";

    /// <summary>The convolutions between two transformer blocks of a UNet.</summary>
    public const string ConvolutionBlock = "block.convolution";

    /// <summary>Loading cached rows over the link.</summary>
    public const string Load = "load";

    /// <summary>A step outside its blocks.</summary>
    public const string StepOverhead = "step";

    /// <summary>Preparing a request.</summary>
    public const string Encode = "encode";

    /// <summary>Turning latents into an image.</summary>
    public const string Decode = "decode";

    /// <summary>Recording a template.</summary>
    public const string Record = "record";

    /// <summary>The term of a block.</summary>
    /// <param name="kind">Its kind.</param>
    public static string Block(BlockKind kind) => kind switch
    {
        BlockKind.DoubleStream => DoubleBlock,
        BlockKind.SingleStream => SingleBlock,
        BlockKind.Joint => JointBlock,
        BlockKind.DiT => DiTBlock,
        BlockKind.CrossAttention => CrossAttentionBlock,
        BlockKind.Convolution => ConvolutionBlock,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of block."),
    };

    /// <summary>Whether a term is a block's.</summary>
    /// <param name="term">A constant of this class.</param>
    public static bool IsBlock(string term) => term.StartsWith("block.", StringComparison.Ordinal);
}
