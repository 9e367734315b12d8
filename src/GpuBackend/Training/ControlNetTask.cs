using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Models.ControlNets;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.GpuBackend.Weights;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>Trains a ControlNet to make a finished U-Net follow edges.</summary>
/// <remarks>Source: Zhang, Rao and Agrawala, "Adding Conditional Control to Text-to-Image Diffusion Models", 2023.</remarks>
public sealed class ControlNetTask : TrainingTask
{
    private static readonly string[] ZeroAtFirst = ["controlnet_down_blocks.", "controlnet_mid_block.", "controlnet_cond_embedding.conv_out."];

    private readonly UNet2DConditionModel _unet;
    private readonly ControlNetModel _net;
    private readonly UNetLessons _lessons;

    /// <summary>Creates the task.</summary>
    /// <param name="net">The ControlNet, its weights begun by <see cref="Start"/>; not owned.</param>
    /// <param name="unet">The finished U-Net; not owned.</param>
    /// <param name="lessons">What it learns from; not owned.</param>
    public ControlNetTask(ControlNetModel net, UNet2DConditionModel unet, UNetLessons lessons)
    {
        ArgumentNullException.ThrowIfNull(net);
        (_net, _unet, _lessons) = (net, unet, lessons);
        Learned = new LearnedWeights([(string.Empty, net.Weights)]);
    }

    /// <inheritdoc/>
    public override string Name => "controlnet";

    /// <inheritdoc/>
    public override LearnedWeights Learned { get; }

    /// <summary>How a ControlNet's weights begin: as a copy of the U-Net's half, with outputs that are zero, so that it changes nothing at first.</summary>
    /// <param name="unet">The finished U-Net.</param>
    /// <returns>For <see cref="WeightStore.ToTrain"/>.</returns>
    public static Func<string, long[], Tensor?> Start(UNet2DConditionModel unet)
    {
        ArgumentNullException.ThrowIfNull(unet);
        return (name, shape) => Array.Exists(ZeroAtFirst, prefix => name.StartsWith(prefix, StringComparison.Ordinal)) ? zeros(shape)
            : unet.Weights.All.TryGetValue(name, out var weight) ? weight.Value : null;
    }

    /// <inheritdoc/>
    public override Tensor Loss(RandomStream random, Generator generator) => _lessons.Error(random, generator, Predict);

    /// <inheritdoc/>
    public override double Validate() => _lessons.Validate(Predict);

    /// <summary>Validation scenes, their edges, and what the model makes of both.</summary>
    public override RgbImage Picture() => _lessons.Picture(_unet, _net);

    private Tensor Predict(UNetLesson lesson)
    {
        var edges = cat([.. lesson.Chosen.Select(index => PixelTensors.Of(ScenePainter.Edges(lesson.Scenes[index])))]).to(_net.Weights.Type, _net.Weights.Device);
        return _unet.Forward(lesson.Input with { Residuals = _net.Forward(lesson.Input, _net.EmbedCondition(edges)) });
    }
}
