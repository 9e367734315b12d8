using SimServe.Cli.Planning;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions.SwiftDiffusion;

/// <summary>Section 9.7: one ControlNet of a diffusion transformer on a GPU of its own.</summary>
/// <remarks>
/// A ControlNet is some of the model's blocks, by its published configuration: that share of a step can be hidden. The transformer needs residuals after as many of its own blocks (Stable
/// Diffusion 3, whose every block adds one of them; simplified: all of them at that point) or in its second half (Hunyuan-DiT). A step of Hunyuan-DiT is one of Stable Diffusion 3 by its operations.
/// </remarks>
internal static class TransformerRows
{
    private const int BytesOfNumber = 2;
    private const double SecondHalf = 0.5;

    public static void Add(MeasurementBook book, KatzEngine engine, ConstantBook constants)
    {
        var shape = PublishedShapes.Of("sd3-medium");
        var step = CataloguedSteps.Of("H800", shape);
        var hunyuan = step * (constants["hunyuan.stepTeraflop"] * 1e12 / shape.PlainStepFlops);
        Add(book, engine, constants, "sd3", step, null);
        Add(book, engine, constants, "hunyuan", hunyuan, SecondHalf);
    }

    private static void Add(MeasurementBook book, KatzEngine engine, ConstantBook constants, string id, TimeSpan step, double? hidesIn)
    {
        var (controlBlocks, share) = (constants[$"{id}.controlBlocks"], constants[$"{id}.controlBlocks"] / constants[$"{id}.blocks"]);
        var costs = engine.Plain with { OnePass = step / 2, TwoPasses = step, OneControl = step * share / 2, TwoControls = step * share, EncoderShare = hidesIn ?? share };
        var model = engine.Model with
        {
            ControlNet = engine.Model.ControlNet! with
            {
                LatentBytes = (long)constants[$"{id}.latentBytes"],
                ResidualBytes = (long)(controlBlocks * constants["dit.tokens"] * constants[$"{id}.width"] * BytesOfNumber),
            },
        };
        book.Add($"s97.{id}.ideal", 1 + share);
        book.Add($"s97.{id}", engine.SpeedUp(costs, model, 1, constants["nvlink.bytesPerSecond"]), finding: FormattableString.Invariant(
            $"A step takes {step.TotalMilliseconds:0} ms, its residuals are {model.ControlNet.ResidualBytes * model.Branches / 1e6:0} MB."));
    }
}
