using SimServe.GpuBackend.Images;
using SimServe.Policies;
using SkiaSharp;

namespace SimServe.GpuBackend.Training.Scenes;

/// <summary>Paints scenes, their objects' masks and their edges.</summary>
public static class ScenePainter
{
    private const float Darker = 0.45f;
    private const int TexturePeriod = Scene.Cell / 2;
    private const float DotRadius = 1.4f;
    private const int EdgeFrom = 96;

    private static readonly Dictionary<SceneColour, SKColor> Colours = new()
    {
        [SceneColour.Red] = new(214, 40, 40),
        [SceneColour.Green] = new(38, 190, 70),
        [SceneColour.Blue] = new(40, 80, 220),
        [SceneColour.Yellow] = new(245, 205, 40),
        [SceneColour.Purple] = new(150, 60, 180),
        [SceneColour.White] = new(245, 245, 245),
    };

    /// <summary>The picture.</summary>
    /// <param name="scene">The scene.</param>
    /// <returns>64x64 pixels.</returns>
    public static RgbImage Paint(Scene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        using var bitmap = NewBitmap();
        using (var canvas = new SKCanvas(bitmap))
        {
            SceneGround.Paint(bitmap, scene.Background);
            foreach (var item in scene.Objects)
            {
                Fill(canvas, item, Colours[item.Colour]);
            }
        }

        return ToImage(bitmap);
    }

    /// <summary>The pixels of one object, those that it covers by half or more.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="index">The object's place in it.</param>
    public static PixelMask MaskOf(Scene scene, int index)
    {
        ArgumentNullException.ThrowIfNull(scene);
        using var bitmap = NewBitmap();
        using (var canvas = new SKCanvas(bitmap))
        using (var paint = new SKPaint { Color = SKColors.White, IsAntialias = true })
        using (var path = ScenePaths.Of(scene.Objects[index]))
        {
            canvas.Clear(SKColors.Black);
            canvas.DrawPath(path, paint);
        }

        var pixels = bitmap.GetPixelSpan();
        var covered = new bool[Scene.Side * Scene.Side];
        for (var i = 0; i < covered.Length; i++)
        {
            covered[i] = pixels[4 * i] >= 128;
        }

        return new PixelMask(Scene.Side, Scene.Side, covered);
    }

    /// <summary>White outlines of the objects on black: what an edge ControlNet is given.</summary>
    /// <param name="scene">The scene.</param>
    public static RgbImage Edges(Scene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        using var bitmap = NewBitmap();
        using (var canvas = new SKCanvas(bitmap))
        using (var paint = new SKPaint { Color = SKColors.White, IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 1.5f, StrokeJoin = SKStrokeJoin.Round })
        {
            canvas.Clear(SKColors.Black);
            foreach (var item in scene.Objects)
            {
                using var path = ScenePaths.Of(item);
                canvas.DrawPath(path, paint);
            }
        }

        return Thresholded(ToImage(bitmap));
    }

    private static RgbImage Thresholded(RgbImage image) =>
        new(image.Width, image.Height, [.. image.Pixels.ToArray().Select(static value => value >= EdgeFrom ? byte.MaxValue : (byte)0)]);

    private static void Fill(SKCanvas canvas, SceneObject item, SKColor colour)
    {
        using var path = ScenePaths.Of(item);
        using var paint = new SKPaint { Color = colour, IsAntialias = true };
        canvas.DrawPath(path, paint);
        if (item.Texture == SceneTexture.Plain)
        {
            return;
        }

        canvas.Save();
        canvas.ClipPath(path, antialias: true);
        paint.Color = new SKColor((byte)(colour.Red * Darker), (byte)(colour.Green * Darker), (byte)(colour.Blue * Darker));
        if (item.Texture == SceneTexture.Striped)
        {
            Stripes(canvas, item, paint);
        }
        else
        {
            Dots(canvas, item, paint);
        }

        canvas.Restore();
    }

    private static void Stripes(SKCanvas canvas, SceneObject item, SKPaint paint)
    {
        for (var x = item.X - item.Reach; x < item.X + item.Reach; x += TexturePeriod)
        {
            canvas.DrawRect(x, item.Y - item.Reach, TexturePeriod / 2f, 2 * item.Reach, paint);
        }
    }

    private static void Dots(SKCanvas canvas, SceneObject item, SKPaint paint)
    {
        for (var y = item.Y - item.Reach; y < item.Y + item.Reach; y += TexturePeriod)
        {
            for (var x = item.X - item.Reach; x < item.X + item.Reach; x += TexturePeriod)
            {
                canvas.DrawCircle(x + (TexturePeriod / 2f), y + (TexturePeriod / 2f), DotRadius, paint);
            }
        }
    }

    private static SKBitmap NewBitmap() => new(new SKImageInfo(Scene.Side, Scene.Side, SKColorType.Rgba8888, SKAlphaType.Opaque));

    private static RgbImage ToImage(SKBitmap bitmap)
    {
        var source = bitmap.GetPixelSpan();
        var pixels = new byte[3 * Scene.Side * Scene.Side];
        for (var (from, to) = (0, 0); to < pixels.Length; from += 4, to += 3)
        {
            source.Slice(from, 3).CopyTo(pixels.AsSpan(to));
        }

        return new RgbImage(Scene.Side, Scene.Side, pixels);
    }
}
