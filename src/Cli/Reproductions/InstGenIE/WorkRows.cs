using System.Globalization;
using SimServe.Cli.Planning;
using SimServe.Policies;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Reports.Charts;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions.InstGenIE;

/// <summary>What is counted, not timed: Table 1, the sizes of templates' caches, and how far counting alone explains SD 2.1.</summary>
internal static class WorkRows
{
    private const double Gibi = 1024.0 * 1024 * 1024;
    private const double Tera = 1e12;
    private const int Sd21Side = 512;

    public static void Add(MeasurementBook book, ConstantBook constants)
    {
        var ratio = constants["masks.figure15"];
        AddTable1(book, ratio);
        AddOperations(book, constants);
        AddSizes(book, constants);
        AddSd21(book, ratio);
    }

    // On a block of OOTDiffusion, where no text tokens are always computed.
    private static void AddTable1(MeasurementBook book, double ratio)
    {
        var block = PublishedProfiles.OotdShape.Blocks.First(static block => block.IsTokenWise);
        var (plain, masked) = (block.PlainWork(), block.MaskedWork((int)Math.Round(ratio * block.ImageTokens)));
        book.Add("table1.feedforward", (double)plain.Rows / masked.Rows);
        book.Add("table1.attention", (double)plain.AttentionFlops / masked.AttentionFlops);
        book.Add("table1.cached", (double)masked.ReusedRows / block.ImageTokens);
        book.Add("table1.block", (double)plain.Flops / masked.Flops);
    }

    private static void AddOperations(MeasurementBook book, ConstantBook constants)
    {
        var model = PublishedProfiles.FluxShape;
        foreach (var ratio in constants.Table("table.gflopRatios"))
        {
            book.Add(string.Create(CultureInfo.InvariantCulture, $"flops.m{ratio:0.00}"), model.MaskedStepFlops((int)Math.Round(ratio * model.Grid.Count)) / Tera);
        }

        book.Add("flops.ceiling", (double)model.MaskedStepFlops(model.Grid.Count) / model.MaskedStepFlops(0));
        book.Add(new LineChart
        {
            Title = "Operations of a FLUX.1 step",
            Note = "The artifact counts output projections more than once; ours counts what is computed.",
            XAxis = new ChartAxis("mask ratio"),
            YAxis = new ChartAxis("operations of a step", "TFLOP"),
            Series =
            [
                Line("ours", ratio => model.MaskedStepFlops((int)Math.Round(ratio * model.Grid.Count)) / Tera),
                Line("FlashPS artifact's counter", ratio => FlashPSCounter.FluxStep(model, ratio) * 1e9 / Tera),
            ],
        });
    }

    private static ChartSeries Line(string name, Func<double, double> of) => new()
    {
        Name = name,
        Points = [.. Enumerable.Range(0, 21).Select(index => new ChartPoint(index / 20.0, of(index / 20.0)))],
    };

    private static void AddSizes(MeasurementBook book, ConstantBook constants)
    {
        var bytes = PublishedProfiles.OotdShape.TemplateCacheBytes((int)constants["ootd.steps"]);
        book.Add("size.ootd", bytes / Gibi);
        book.Add("size.templates", Math.Floor(constants["host.memoryBytes"] / bytes));
        book.Add("size.disk", bytes / constants["disk.bytesPerSecond"]);

        // Image rows only, as the artifact stores them.
        var flux = PublishedProfiles.FluxShape;
        var fluxBytes = constants["flux.steps"] * flux.Blocks.Sum(block => (double)block.ImageTokens * block.Width * flux.BytesPerElement);
        book.Add("size.flux", fluxBytes / Gibi);
        book.Add("size.flux.templates", Math.Floor(constants["host.memoryBytes"] / fluxBytes));
        book.Add("fig7.bytes", 2 * fluxBytes / fluxBytes);
    }

    // The artifact leaves out self-attention's queries only: projections, attention rows and output projections of unmasked tokens.
    private static void AddSd21(MeasurementBook book, double ratio)
    {
        var own = PublishedShapes.Of("sd21");
        var model = own.At(new ImageSize(Sd21Side, Sd21Side).GridOf(own.Grid)!.Value);
        var plain = (double)model.ForwardWork.Flops;
        book.Add("fig15.sd21", plain / (plain - Saved(model, ratio)));
        book.Add("fig15.sd21.all", (double)model.PlainStepFlops / model.MaskedStepFlops((int)Math.Round(ratio * model.Grid.Count)));
    }

    private static double Saved(ModelShape model, double ratio) => model.Blocks.Where(static block => block.IsTokenWise).Sum(
        block => (1 - ratio) * block.ImageTokens * ((4.0 * block.ImageTokens * block.Width) + (4.0 * block.Width * block.Width)));
}
