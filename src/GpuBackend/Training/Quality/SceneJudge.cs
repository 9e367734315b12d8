using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training.Quality;

/// <summary>A small detector that tells which objects a picture of a scene shows.</summary>
/// <remarks>
/// The picture is cut into 8x8 cells of 8 pixels; a cell answers for the object whose centre lies in it, as in Redmon et al., "You Only Look Once", 2016.
/// Centres of two objects of a scene are never that close.
/// </remarks>
public sealed class SceneJudge : IDisposable
{
    /// <summary>Channels of a picture's features.</summary>
    public const int FeatureWidth = 96;

    /// <summary>Pixels of a cell's side.</summary>
    internal const int Cell = 8;

    /// <summary>Cells of a picture's side.</summary>
    internal const int Cells = Scene.Side / Cell;

    private const int Groups = 8;
    private const double Epsilon = 1e-5;
    private const double Sure = 0.5;

    private static readonly (int Inputs, int Outputs, int Stride)[] Sizes = [(3, 32, 2), (32, 48, 2), (48, 64, 1), (64, 96, 2), (96, 96, 1), (96, FeatureWidth, 1)];

    private readonly (Conv2d Layer, GroupNorm Norm)[] _layers;
    private readonly Conv2d _answers;
    private readonly Linear _background;

    /// <summary>Takes the weights.</summary>
    /// <param name="weights">Its weights; owned by the judge from now on.</param>
    /// <exception cref="ModelFiles.ModelFileException">Weights are missing, misshapen or left over; the message lists them.</exception>
    public SceneJudge(WeightStore weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        Weights = weights;
        _layers =
        [
            .. Sizes.Select((size, number) => (
                new Conv2d(weights.Root.Sub("layers", number), size.Inputs, size.Outputs, 3, size.Stride, 1),
                new GroupNorm(weights.Root.Sub("norms", number), Groups, size.Outputs, Epsilon))),
        ];
        _answers = new Conv2d(weights.Root.Sub("answers"), FeatureWidth, JudgeAnswers.Channels, 1);
        _background = new Linear(weights.Root.Sub("background"), FeatureWidth, Enum.GetValues<SceneBackground>().Length);
        weights.Complete();
    }

    /// <summary>The weights.</summary>
    public WeightStore Weights { get; }

    /// <summary>What is seen in pictures, surest first.</summary>
    /// <param name="pixels">[B, 3, 64, 64], float32 from -1 to 1, on the weights' device.</param>
    public IReadOnlyList<IReadOnlyList<SceneFinding>> See(Tensor pixels)
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        var answers = Forward(pixels).Answers;
        var seen = answers.narrow(1, 0, 1).sigmoid();
        // A cell's neighbours see the same object: only the surest of them speaks.
        var surest = nn.functional.max_pool2d(seen, [3, 3], [1, 1], [1, 1]).eq(seen).logical_and(seen.gt(Sure)).squeeze(1).cpu();
        var values = answers.cpu().contiguous().data<float>().ToArray();
        var certainties = seen.cpu().contiguous().data<float>().ToArray();
        var speaks = surest.contiguous().data<bool>().ToArray();
        return [.. Enumerable.Range(0, (int)pixels.shape[0]).Select(picture => Of(picture, values, certainties, speaks))];
    }

    /// <summary>Features of pictures, for distances between sets of them.</summary>
    /// <param name="pixels">[B, 3, 64, 64], float32 from -1 to 1, on the weights' device.</param>
    /// <returns>[B, <see cref="FeatureWidth"/>]; the caller owns it.</returns>
    public Tensor Features(Tensor pixels)
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        return Body(pixels).mean([2, 3]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();

    /// <summary>Scores of everything.</summary>
    /// <returns>[B, channels, 8, 8] and [B, backgrounds].</returns>
    internal (Tensor Answers, Tensor Background) Forward(Tensor pixels)
    {
        var hidden = Body(pixels);
        return (_answers.Apply(hidden), _background.Apply(hidden.mean([2, 3])));
    }

    /// <summary>What every layer makes of pictures of any size.</summary>
    /// <param name="pixels">[B, 3, height, width], float32 from -1 to 1.</param>
    /// <returns>[B, channels, height, width] of each layer, finest first; the current dispose scope's.</returns>
    internal IReadOnlyList<Tensor> Layers(Tensor pixels)
    {
        List<Tensor> seen = [];
        foreach (var (layer, norm) in _layers)
        {
            seen.Add(norm.Apply(layer.Apply(seen.Count == 0 ? pixels : seen[^1])).silu_());
        }

        return seen;
    }

    private Tensor Body(Tensor pixels) => _layers.Aggregate(pixels, static (hidden, layer) => layer.Norm.Apply(layer.Layer.Apply(hidden)).silu_());

    private static IReadOnlyList<SceneFinding> Of(int picture, float[] values, float[] certainties, bool[] speaks)
    {
        const int All = Cells * Cells;
        List<SceneFinding> found = [];
        for (var cell = 0; cell < All; cell++)
        {
            if (speaks[(picture * All) + cell])
            {
                found.Add(new SceneFinding(JudgeAnswers.Read(channel => values[(((picture * JudgeAnswers.Channels) + channel) * All) + cell], cell), certainties[(picture * All) + cell]));
            }
        }

        return [.. found.OrderByDescending(static item => item.Certainty)];
    }
}
