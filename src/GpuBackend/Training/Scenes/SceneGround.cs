using System.Runtime.InteropServices;
using SkiaSharp;

namespace SimServe.GpuBackend.Training.Scenes;

/// <summary>Paints what objects stand on.</summary>
/// <remarks>Patterns repeat every one or two cells and nothing in them is left to chance: grain that no caption tells is noise to a model, and most of what it would spend itself on.</remarks>
internal static class SceneGround
{
    public static void Paint(SKBitmap bitmap, SceneBackground background)
    {
        var (low, high) = Colours(background);

        // One copy: setting pixel by pixel takes the library 10 ms for a picture.
        var bytes = new byte[4 * Scene.Side * Scene.Side];
        for (var y = 0; y < Scene.Side; y++)
        {
            for (var x = 0; x < Scene.Side; x++)
            {
                var colour = Between(low, high, Shade(background, x + 0.5, y + 0.5));
                ReadOnlySpan<byte> pixel = [colour.Red, colour.Green, colour.Blue, byte.MaxValue];
                pixel.CopyTo(bytes.AsSpan(4 * ((y * Scene.Side) + x)));
            }
        }

        Marshal.Copy(bytes, 0, bitmap.GetPixels(), bytes.Length);
    }

    private static (SKColor Low, SKColor High) Colours(SceneBackground background) => background switch
    {
        SceneBackground.Sand => (new SKColor(196, 164, 112), new SKColor(222, 196, 148)),
        SceneBackground.Grass => (new SKColor(40, 84, 36), new SKColor(74, 122, 52)),
        SceneBackground.Sky => (new SKColor(120, 176, 226), new SKColor(206, 228, 244)),
        SceneBackground.Stone => (new SKColor(66, 66, 72), new SKColor(110, 110, 116)),
        _ => throw new ArgumentOutOfRangeException(nameof(background), background, "Nobody knows how to paint it."),
    };

    // From 0 to 1; x and y in pixels.
    private static double Shade(SceneBackground background, double x, double y) => background switch
    {
        SceneBackground.Sand => Wave((y / Scene.Cell) + (0.2 * Math.Sin(Math.PI * x / Scene.Cell))),
        SceneBackground.Grass => Wave((x / Scene.Cell) + (0.5 * y / Scene.Cell)),
        SceneBackground.Sky => y / Scene.Side,
        _ => Cobble(x + ((int)y / Scene.Cell % 2 * Scene.Cell), y),
    };

    private static double Wave(double turns) => 0.5 + (0.5 * Math.Sin(2 * Math.PI * turns));

    // Stones of two cells by one, darker at their joints.
    private static double Cobble(double x, double y)
    {
        double Within(double place, int size) => Math.Min(place % size, size - (place % size));
        return Math.Clamp((Math.Min(Within(x, 2 * Scene.Cell), Within(y, Scene.Cell)) - 0.5) / 2, 0, 1);
    }

    private static SKColor Between(SKColor low, SKColor high, double share) => new(
        (byte)(low.Red + (share * (high.Red - low.Red))), (byte)(low.Green + (share * (high.Green - low.Green))), (byte)(low.Blue + (share * (high.Blue - low.Blue))));
}
