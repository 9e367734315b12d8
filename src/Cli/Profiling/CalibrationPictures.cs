using SimServe.Cli.Validation;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Models;
using SimServe.Policies;

namespace SimServe.Cli.Profiling;

/// <summary>Pictures to profile a model with: painted scenes where it knows them, else noise; what they show does not change how long anything takes.</summary>
internal static class CalibrationPictures
{
    public const int Count = 2;

    public static IReadOnlyList<EditTemplate> Of(ServedConfig model) => PaintedTemplates.Fit(model)
        ? PaintedTemplates.Of(Count, DeviceCalibration.Seed)
        : [.. Enumerable.Range(0, Count).Select(number => new EditTemplate(Picture(model.Grid, number), $"calibration picture {number}", number))];

    private static RgbImage Picture(TokenGrid grid, int number)
    {
        var (pixels, random) = (new byte[3 * grid.Width * grid.Height], new RandomStream(number, "calibration-picture"));
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)random.Next(256);
        }

        return new RgbImage(grid.Width, grid.Height, pixels);
    }
}
