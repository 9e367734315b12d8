using SimServe.GpuBackend.Images;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>A picture that steers one ControlNet.</summary>
public sealed record ControlInput
{
    /// <summary>The picture, of the size of the image that is made.</summary>
    public required RgbImage Image { get; init; }

    /// <summary>Number of the net among the pipeline's.</summary>
    public required int Net { get; init; }

    /// <summary>Factor of the net's residuals.</summary>
    /// <value>1.</value>
    public double Scale { get; init; } = 1;

    /// <summary>The share of the steps after which it sets in, from 0 to 1.</summary>
    public double Start { get; init; }

    /// <summary>The share of the steps after which it ends, from 0 to 1.</summary>
    /// <value>1.</value>
    public double End { get; init; } = 1;

    /// <summary>Whether it acts at a step.</summary>
    /// <param name="step">Number of the step, from 0.</param>
    /// <param name="steps">All steps.</param>
    internal bool ActsAt(int step, int steps) => (double)step / steps >= Start && (double)(step + 1) / steps <= End;
}
