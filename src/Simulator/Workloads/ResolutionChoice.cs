using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>A size of images that some templates have.</summary>
/// <param name="Width">Width, pixels: a whole number of the model's tokens.</param>
/// <param name="Height">Height, pixels: a whole number of the model's tokens.</param>
/// <param name="Weight">How often, relative to the other choices: finite, greater than 0.</param>
public sealed record ResolutionChoice(int Width, int Height, double Weight)
{
    /// <summary>How images of this size are cut into tokens.</summary>
    /// <param name="model">The model's own grid.</param>
    /// <exception cref="ArgumentException">The size is no whole number of tokens.</exception>
    internal TokenGrid GridOf(TokenGrid model) => Fits(model)
        ? new TokenGrid(Width / model.PatchPixels, Height / model.PatchPixels, model.PatchPixels)
        : throw new ArgumentException($"Images of {Width}x{Height} pixels cannot be cut into tokens of {model.PatchPixels}x{model.PatchPixels}: both sides must be multiples of {model.PatchPixels}.");

    /// <summary>Whether the size is a whole number of a model's tokens.</summary>
    /// <param name="model">The model's own grid.</param>
    public bool Fits(TokenGrid model) => Width > 0 && Height > 0 && Width % model.PatchPixels == 0 && Height % model.PatchPixels == 0;
}
