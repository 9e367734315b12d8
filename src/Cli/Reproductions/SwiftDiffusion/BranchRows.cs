using SimServe.Cli.Planning;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions.SwiftDiffusion;

/// <summary>Fig. 18-left: guidance branches on two GPUs.</summary>
/// <remarks>
/// What one pass takes less than two is fitted on the H800. Two ways to carry that to other GPUs: a fixed time of every batch, which is the same wherever the program runs (nothing is
/// fitted on A100 and A10), and the catalogue's roofline, which knows nothing of the H800's number either and takes half of the work for half of the time.
/// </remarks>
internal static class BranchRows
{
    private static readonly (string Id, string Device)[] Gpus = [("h800", "H800"), ("a100", "A100"), ("a10", "A10")];

    public static void Add(MeasurementBook book, KatzEngine engine)
    {
        var split = engine.SplitBranches;
        book.Add("fig18l.h800", engine.Latency(engine.Diffusers, 0, 0) / engine.Latency(split, 0, 0));
        book.Add("fig18l.kernels", engine.Latency(split, 0, 0) / engine.Latency(split with { Costs = engine.Optimised }, 0, 0));
        var (model, overhead) = (PublishedShapes.Of("sdxl"), Overhead(engine.Plain));
        foreach (var (id, device) in Gpus)
        {
            var both = CataloguedSteps.Of(device, model).TotalSeconds;
            book.Add($"fig18l.roofline.{id}", both / CataloguedSteps.Of(device, model.OneBranch()).TotalSeconds);
            if (id != "h800")
            {
                book.Add($"fig18l.{id}", SpeedUp(both, overhead), finding: FormattableString.Invariant($"A step of both branches takes {1000 * both:0} ms by the catalogue, of which {1000 * overhead:0.0} ms, as on the H800, do not depend on the batch."));
            }
        }
    }

    /// <summary>Seconds of a step that do not depend on its batch, where one pass and two take what they do: two straight lines have one answer.</summary>
    public static double Overhead(KatzCosts costs) => ((2 * costs.OnePass) - costs.TwoPasses).TotalSeconds;

    /// <summary>What half of a step's batch gains on two GPUs.</summary>
    /// <param name="both">Seconds of a step of both branches.</param>
    /// <param name="overhead">Seconds of it that do not depend on the batch.</param>
    public static double SpeedUp(double both, double overhead) => both / (overhead + ((both - overhead) / 2));
}
