using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Weights;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>Trains a style adapter (LoRA) of a finished U-Net: low-rank additions to the projections of its attention and to the convolutions on its way up.</summary>
/// <remarks>
/// Source: Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2022. Additions begin at zero. Attention alone cannot paint: it sees the lower resolutions only.
/// </remarks>
public sealed class StyleTask : TrainingTask
{
    private static readonly string[] Projections = [".to_q.weight", ".to_k.weight", ".to_v.weight", ".to_out.0.weight"];

    private static readonly string[] Convolutions = [".conv1.weight", ".conv2.weight"];

    private readonly UNet2DConditionModel _unet;
    private readonly UNetLessons _lessons;
    private readonly WeightStore _adapter;
    private readonly (Weight Target, Weight Down, Weight Up)[] _modules;

    /// <summary>Creates the task.</summary>
    /// <param name="name">The style's name, e.g. <c>pastel</c>.</param>
    /// <param name="unet">The finished U-Net; not owned, and as it was after <see cref="TrainingTask.Dispose()"/>.</param>
    /// <param name="lessons">Scenes in the style; not owned.</param>
    /// <param name="rank">Rank of each addition, at least 1.</param>
    /// <param name="seed">Seed of the first weights.</param>
    public StyleTask(string name, UNet2DConditionModel unet, UNetLessons lessons, int rank, long seed)
    {
        ArgumentNullException.ThrowIfNull(unet);
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        (Name, _unet, _lessons) = (name, unet, lessons);
        _adapter = WeightStore.ToTrain(seed, unet.Weights.Type, unet.Weights.Device);
        _modules =
        [
            .. unet.Weights.All.Values.Where(static weight => IsAdapted(weight.Name)).OrderBy(static weight => weight.Name, StringComparer.Ordinal).Select(weight =>
            {
                var place = _adapter.Root.Sub(weight.Name[..^".weight".Length]);
                // The rank stands between inputs with their kernel and outputs.
                var shape = weight.Original.shape;
                return (weight, place.Sub("lora_A").Take("weight", Initialization.FanIn, [rank, .. shape[1..]]), place.Sub("lora_B").Take("weight", Initialization.Zero, [shape[0], rank, .. shape[2..].Select(static _ => 1L)]));
            }),
        ];
        Learned = new LearnedWeights([("unet.", _adapter)]);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override LearnedWeights Learned { get; }

    /// <inheritdoc/>
    public override Tensor Loss(RandomStream random, Generator generator)
    {
        Patch();
        return _lessons.Error(random, generator, lesson => _unet.Forward(lesson.Input));
    }

    /// <inheritdoc/>
    public override double Validate()
    {
        Patch();
        return _lessons.Validate(lesson => _unet.Forward(lesson.Input));
    }

    /// <summary>Validation scenes in the style over what the model makes of their captions.</summary>
    public override RgbImage Picture()
    {
        Patch();
        return _lessons.Picture(_unet, null);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (var module in _modules)
        {
            module.Target.Restore();
        }

        base.Dispose(disposing);
        _adapter.Dispose();
    }

    private static bool IsAdapted(string name) => Array.Exists(Projections, name.EndsWith) || (name.StartsWith("up_blocks.", StringComparison.Ordinal) && Array.Exists(Convolutions, name.EndsWith));

    // The sum is made anew for each pass: its graph leads the gradients to both factors.
    private void Patch()
    {
        foreach (var (target, down, up) in _modules)
        {
            var shape = target.Original.shape;
            target.Patch(up.Value.flatten(1).matmul(down.Value.flatten(1)).view(shape).add(target.Original));
        }
    }
}
