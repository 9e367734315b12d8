using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>What a denoiser that learns scenes is asked and weighed by, beside its predictions.</summary>
/// <remarks>
/// Two things make it learn sooner. Objects count more where little noise is left: there it is settled what they show, so that the weight changes no answer, and backgrounds are most of a
/// picture. And features half way are asked what each place shows, as Yu et al., "Representation Alignment for Generation", 2025, ask for another model's features; the
/// layers that ask are thrown away afterwards.
/// </remarks>
internal sealed class SceneQuestions : IDisposable
{
    /// <summary>Weight of the answers in a loss.</summary>
    public const double Weight = 0.1;

    private const double SettledLevel = 0.5;
    private const double ObjectWeight = 4;

    private readonly Linear _shapes;
    private readonly Linear _colours;
    private readonly SceneSet _scenes;
    private readonly Dictionary<int, TokenLabels> _labels = [];

    /// <summary>Creates the questions.</summary>
    /// <param name="width">Channels of the features that are asked.</param>
    /// <param name="scenes">The scenes; not owned.</param>
    /// <param name="side">Places of a scene's side.</param>
    /// <param name="device">Where the features are.</param>
    public SceneQuestions(int width, SceneSet scenes, int side, Device device)
    {
        (_scenes, Side) = (scenes, side);
        Asking = WeightStore.ToTrain(0, ScalarType.Float32, device);
        _shapes = new Linear(Asking.Root.Sub("shapes"), width, TokenLabels.ShapeClasses);
        _colours = new Linear(Asking.Root.Sub("colours"), width, TokenLabels.ColourClasses);
    }

    /// <summary>Places of a scene's side.</summary>
    public int Side { get; }

    /// <summary>The layers that ask.</summary>
    public WeightStore Asking { get; }

    /// <summary>How wrong the answers are of what each place shows.</summary>
    /// <param name="features">[B * places, width], scene by scene.</param>
    /// <param name="chosen">The scenes' numbers.</param>
    public Tensor Wrong(Tensor features, IReadOnlyList<int> chosen)
    {
        var exact = features.to(ScalarType.Float32);
        var shapes = tensor(chosen.SelectMany(index => Labels(index).Shapes).ToArray(), device: features.device);
        var colours = tensor(chosen.SelectMany(index => Labels(index).Colours).ToArray(), device: features.device);
        return nn.functional.cross_entropy(_shapes.Apply(exact), shapes).add(nn.functional.cross_entropy(_colours.Apply(exact), colours));
    }

    /// <summary>How much errors count.</summary>
    /// <param name="chosen">The scenes' numbers.</param>
    /// <param name="levels">Share of noise in each scene's latents, 0 to 1, [B].</param>
    /// <returns>[B, places].</returns>
    public Tensor Weights(IReadOnlyList<int> chosen, Tensor levels)
    {
        var covered = tensor(chosen.SelectMany(index => Labels(index).Covered).ToArray(), [chosen.Count, Side * Side], device: levels.device);
        return covered.mul(levels.lt(SettledLevel).to(ScalarType.Float32).mul(ObjectWeight).unsqueeze(1)).add(1);
    }

    /// <inheritdoc/>
    public void Dispose() => Asking.Dispose();

    private TokenLabels Labels(int index) => _labels.TryGetValue(index, out var known) ? known : _labels[index] = TokenLabels.Of(_scenes[index], Side);
}
