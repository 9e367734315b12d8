namespace SimServe.Policies.Profiles;

/// <summary>The size of a profile's images.</summary>
/// <param name="Width">Pixels, a multiple of the model's tokens.</param>
/// <param name="Height">Pixels, a multiple of the model's tokens.</param>
public sealed record ImageSize(int Width, int Height)
{
    /// <summary>How such images are cut into tokens, or <c>null</c> where they are no whole number of tokens.</summary>
    /// <param name="grid">The model's own tokens.</param>
    public TokenGrid? GridOf(TokenGrid grid) => Width > 0 && Height > 0 && Width % grid.PatchPixels == 0 && Height % grid.PatchPixels == 0
        ? new TokenGrid(Width / grid.PatchPixels, Height / grid.PatchPixels, grid.PatchPixels)
        : null;
}
