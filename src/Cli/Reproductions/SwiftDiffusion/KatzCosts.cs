using SimServe.Policies;
using SimServe.Policies.Costs;

namespace SimServe.Cli.Reproductions.SwiftDiffusion;

/// <summary>Times of SDXL on an H800 by forward passes in a batch: one is cheaper than half of two, more are as many halves of two.</summary>
/// <remarks>The blocks of <see cref="KatzEngine.Model"/>: the way down and the middle, the way up, and a ControlNet.</remarks>
internal sealed record KatzCosts : ICostModel
{
    /// <summary>Time of a U-Net's pass alone.</summary>
    public required TimeSpan OnePass { get; init; }

    /// <summary>Time of two in a batch.</summary>
    public required TimeSpan TwoPasses { get; init; }

    /// <summary>Time of a ControlNet's pass alone.</summary>
    public required TimeSpan OneControl { get; init; }

    /// <summary>Time of two in a batch.</summary>
    public required TimeSpan TwoControls { get; init; }

    /// <summary>The part of a U-Net's time up to its way up.</summary>
    public required double EncoderShare { get; init; }

    /// <inheritdoc/>
    public required TimeSpan Encode { get; init; }

    /// <inheritdoc/>
    public TimeSpan Decode => TimeSpan.Zero;

    /// <inheritdoc/>
    public TimeSpan Compute(BlockKind kind, in Work work) => kind switch
    {
        KatzEngine.Encoder => Of(work.Members, OnePass, TwoPasses) * EncoderShare,
        KatzEngine.Decoder => Of(work.Members, OnePass, TwoPasses) * (1 - EncoderShare),
        _ => Of(work.Members, OneControl, TwoControls),
    };

    /// <inheritdoc/>
    public TimeSpan Load(long bytes) => TimeSpan.Zero;

    /// <inheritdoc/>
    public TimeSpan StepOverhead(int members) => TimeSpan.Zero;

    /// <inheritdoc/>
    public TimeSpan Record(int steps) => TimeSpan.Zero;

    /// <summary>The same on a device that takes another time for everything.</summary>
    /// <param name="factor">How many times as long, above 0.</param>
    public KatzCosts Slower(double factor) => this with
    {
        OnePass = OnePass * factor,
        TwoPasses = TwoPasses * factor,
        OneControl = OneControl * factor,
        TwoControls = TwoControls * factor,
        Encode = Encode * factor,
    };

    private static TimeSpan Of(int passes, TimeSpan one, TimeSpan two) => passes == 1 ? one : two * (passes / 2.0);
}
