using SimServe.Cli.Planning;
using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Simulator.Catalogue;

namespace SimServe.Cli.Reproductions.SwiftDiffusion;

/// <summary>Times of published models on the catalogue's GPUs: rooflines, each with a share of the peak fitted to one published latency that is no number of these figures.</summary>
/// <remarks>The anchor of SDXL on the H800 is Katz's own Diffusers latency (Fig. 14); those on A100 and A10 are others'.</remarks>
internal static class CataloguedSteps
{
    /// <summary>Time of a denoising step.</summary>
    /// <param name="device">The GPU's name in the catalogue.</param>
    /// <param name="model">A published model.</param>
    /// <param name="images">Images in the batch, at least 1.</param>
    public static TimeSpan Of(string device, ModelShape model, int images = 1)
    {
        var costs = CostsOf(device, model);
        return model.Blocks.Aggregate(costs.StepOverhead(images), (time, block) => time + costs.Compute(block.Kind, block.PlainWork().Times((long)images * model.Branches)));
    }

    /// <summary>Seconds of a batch of images, encoding and decoding one after another.</summary>
    /// <param name="device">The GPU's name in the catalogue.</param>
    /// <param name="model">A published model.</param>
    /// <param name="steps">Denoising steps.</param>
    /// <param name="images">Images in the batch, at least 1.</param>
    public static double Seconds(string device, ModelShape model, int steps, int images)
    {
        var costs = CostsOf(device, model);
        return ((steps * Of(device, model, images)) + (images * (costs.Encode + costs.Decode))).TotalSeconds;
    }

    private static ICostModel CostsOf(string device, ModelShape model) => new CatalogueCosts(PublishedShapes.Of).Of(DeviceCatalogue.Find(device), model).Costs;
}
