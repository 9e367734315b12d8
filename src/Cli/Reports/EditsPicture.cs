using System.Globalization;
using SimServe.Cli.Plots;
using SimServe.Cli.Validation;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Training.Quality;
using SkiaSharp;

namespace SimServe.Cli.Reports;

/// <summary>Edits of a validation, one in each row: the template, its hole, and what fills it by full inference, with reuse, and by the masked tokens alone.</summary>
internal static class EditsPicture
{
    private const int Side = 160;
    private const int Gap = 12;
    private const int Heading = 34;
    private const int Caption = 26;
    private const float TextSize = 14;

    private static readonly SKSamplingOptions Sampling = new(SKFilterMode.Nearest);

    public static void Save(ValidationOutcome result, string path)
    {
        var rows = result.ShownEdits;
        string[] headings = ["template", "mask", result.BaselineName, result.StudiedName, "naive crop"];
        var (width, height) = ((headings.Length * (Side + Gap)) + Gap, Heading + (rows.Count * (Side + Caption)) + Gap);
        using var surface = SKSurface.Create(new SKImageInfo(width, height));
        var canvas = surface.Canvas;
        canvas.Clear(SKColors.White);
        using var font = new SKFont(PlotStyle.Typeface, TextSize);
        using var ink = new SKPaint { Color = new SKColor(32, 32, 32), IsAntialias = true };
        void Write(string text, int column, float baseline) => canvas.DrawText(text, Gap + (column * (Side + Gap)), baseline, font, ink);
        foreach (var (column, heading) in headings.Index())
        {
            Write(heading, column, Heading - 12);
        }

        foreach (var (row, edit) in rows.Index())
        {
            var top = Heading + (row * (Side + Caption));
            RgbImage?[] pictures = [edit.Template, EditSheet.Holed(edit.Template, edit.Mask), edit.Full?.Image, edit.Reuse?.Image, edit.Crop?.Image];
            foreach (var (column, picture) in pictures.Index())
            {
                Draw(canvas, picture, new SKRect(Gap + (column * (Side + Gap)), top, Gap + (column * (Side + Gap)) + Side, top + Side));
            }

            Write($"{row + 1}. {edit.Prompt}", 0, top + Side + 17);
            (ShownImage? Image, double? Ssim)[] made = [(edit.Full, null), (edit.Reuse, edit.Ssim.Reuse), (edit.Crop, edit.Ssim.Crop)];
            foreach (var (column, (image, ssim)) in made.Index())
            {
                Write(Figures(image, ssim), headings.Length - made.Length + column, top + Side + 17);
            }
        }

        PlotPicture.SavePng(surface, path);
    }

    private static string Figures(ShownImage? image, double? ssim) => image is null ? "" : string.Create(
        CultureInfo.InvariantCulture, $"{image.Seconds * 1000:0} ms{(ssim is { } value ? string.Create(CultureInfo.InvariantCulture, $", SSIM {value:0.000}") : "")}");

    // An edit that failed leaves its place empty.
    private static void Draw(SKCanvas canvas, RgbImage? picture, SKRect place)
    {
        if (picture is null)
        {
            return;
        }

        using var bitmap = PngFile.Bitmap(picture);
        using var image = SKImage.FromBitmap(bitmap);
        canvas.DrawImage(image, place, Sampling);
    }
}
