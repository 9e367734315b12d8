using SimServe.Cli.Planning;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions.SwiftDiffusion;

/// <summary>Fig. 8-left: what batches of SDXL take against one image.</summary>
internal static class BatchRows
{
    private const int Most = 8;
    private static readonly (string Id, string Device)[] Gpus = [("a10", "A10"), ("a100", "A100"), ("h800", "H800")];

    public static void Add(MeasurementBook book, ConstantBook constants)
    {
        var (model, steps) = (PublishedShapes.Of("sdxl"), (int)constants["sdxl.steps"]);
        foreach (var (id, device) in Gpus)
        {
            var one = CataloguedSteps.Seconds(device, model, steps, 1);
            double Over(int images) => CataloguedSteps.Seconds(device, model, steps, images) / one;
            book.Add($"fig8l.{id}.{Most}", Over(Most), finding: FormattableString.Invariant(
                $"One image takes {one:0.0} s, 2 take {Over(2):0.00} and 4 {Over(4):0.00} times that; of {Most} each takes {100 * (1 - (Over(Most) / Most)):0.0} % less. A roofline is linear but for launches: this tests that they do not matter."));
        }
    }
}
