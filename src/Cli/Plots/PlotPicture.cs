using ScottPlot;
using SkiaSharp;

namespace SimServe.Cli.Plots;

/// <summary>Plots on one canvas, as pixels or as vectors.</summary>
/// <param name="width">Width in pixels at the size at which texts are drawn.</param>
/// <param name="height">Height in such pixels.</param>
internal sealed class PlotPicture(int width, int height) : IDisposable
{
    // Pixels per unit of the plot: sharp on screens of twice the usual density, and in print at 10 cm.
    private const int Sharpness = 2;

    private readonly List<(Plot Plot, PixelRect Place)> _plots = [];

    public int Width => width;

    public int Height => height;

    /// <summary>Adds a plot that takes the whole width.</summary>
    public void Add(Plot plot, int top, int plotHeight) => _plots.Add((plot, new PixelRect(0, width, top + plotHeight, top)));

    public void SavePng(string path)
    {
        using var surface = SKSurface.Create(new SKImageInfo(width * Sharpness, height * Sharpness));
        surface.Canvas.Scale(Sharpness);
        Draw(surface.Canvas);
        SavePng(surface, path);
    }

    /// <summary>What was drawn on a surface, as a file.</summary>
    public static void SavePng(SKSurface surface, string path)
    {
        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        using var file = File.Create(path);
        data.SaveTo(file);
    }

    public void SaveSvg(string path)
    {
        using var file = File.Create(path);
        using var canvas = SKSvgCanvas.Create(new SKRect(0, 0, width, height), file);
        Draw(canvas);
    }

    public void Dispose()
    {
        foreach (var (plot, _) in _plots)
        {
            plot.Dispose();
        }
    }

    private void Draw(SKCanvas canvas)
    {
        canvas.Clear(SKColors.White);
        foreach (var (plot, place) in _plots)
        {
            // A plot clears its canvas first, and with it what the others have drawn.
            canvas.Save();
            canvas.ClipRect(new SKRect(place.Left, place.Top, place.Right, place.Bottom));
            plot.Render(canvas, place);
            canvas.Restore();
        }
    }
}
