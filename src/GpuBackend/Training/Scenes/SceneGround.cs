using System.Runtime.InteropServices;
using SimServe.Policies;
using SkiaSharp;

namespace SimServe.GpuBackend.Training.Scenes;

/// <summary>Paints what objects stand on.</summary>
/// <remarks>Grains are coarse, a few pixels each: an autoencoder for small pictures cannot keep single pixels, and nobody asks it to.</remarks>
internal static class SceneGround
{
    private const int Cell = 4;

    public static void Paint(SKBitmap bitmap, SceneBackground background, RandomStream random)
    {
        var (low, high) = Colours(background);
        var cells = Scene.Side / Cell;
        var shades = new float[(cells + 1) * (cells + 1)];
        for (var i = 0; i < shades.Length; i++)
        {
            shades[i] = random.NextSingle();
        }

        // One copy: setting pixel by pixel takes the library 10 ms for a picture.
        var bytes = new byte[4 * Scene.Side * Scene.Side];
        for (var y = 0; y < Scene.Side; y++)
        {
            for (var x = 0; x < Scene.Side; x++)
            {
                var colour = Between(low, high, Shade(background, shades, cells + 1, x, y));
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

    private static float Shade(SceneBackground background, float[] shades, int width, int x, int y)
    {
        var grain = Smooth(shades, width, (float)x / Cell, (float)y / Cell);
        return background switch
        {
            SceneBackground.Sky => (0.8f * y / Scene.Side) + (0.2f * grain),
            SceneBackground.Stone => shades[((y / Cell / 2 * 2) * width) + (((x / Cell) + (y / Cell / 2 % 2)) / 2 * 2)],
            _ => grain,
        };
    }

    private static float Smooth(float[] shades, int width, float x, float y)
    {
        var (column, row) = ((int)x, (int)y);
        var (right, down) = (x - column, y - row);
        float At(int c, int r) => shades[(r * width) + c];
        var top = At(column, row) + (right * (At(column + 1, row) - At(column, row)));
        var bottom = At(column, row + 1) + (right * (At(column + 1, row + 1) - At(column, row + 1)));
        return top + (down * (bottom - top));
    }

    private static SKColor Between(SKColor low, SKColor high, float share) => new(
        (byte)(low.Red + (share * (high.Red - low.Red))), (byte)(low.Green + (share * (high.Green - low.Green))), (byte)(low.Blue + (share * (high.Blue - low.Blue))));
}
