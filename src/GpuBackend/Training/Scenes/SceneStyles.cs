using SimServe.GpuBackend.Images;

namespace SimServe.GpuBackend.Training.Scenes;

/// <summary>Paints styles over pictures.</summary>
public static class SceneStyles
{
    private const double TowardsWhite = 0.55;
    private const double OfStripes = 0.55;
    private const int StripePeriod = 8;

    /// <summary>A picture in a style.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="style">The style.</param>
    public static RgbImage Apply(RgbImage picture, SceneStyle style)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (style == SceneStyle.None)
        {
            return picture;
        }

        var pixels = picture.Pixels.ToArray();
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y) = (i / 3 % picture.Width, i / 3 / picture.Width);
            pixels[i] = style switch
            {
                SceneStyle.Pastel => (byte)(pixels[i] + (TowardsWhite * (byte.MaxValue - pixels[i]))),
                SceneStyle.Stripes when (x + y) % StripePeriod < StripePeriod / 2 => (byte)(OfStripes * pixels[i]),
                _ => pixels[i],
            };
        }

        return new RgbImage(picture.Width, picture.Height, pixels);
    }
}
