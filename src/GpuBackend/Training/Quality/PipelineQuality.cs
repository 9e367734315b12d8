using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Training.Scenes;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training.Quality;

/// <summary>Measures a pipeline that was trained on painted scenes.</summary>
/// <param name="pipeline">The pipeline, as it ships; not owned.</param>
/// <param name="judge">Sees what pictures show; not owned.</param>
/// <param name="request">Steps, guidance and the like; prompts, size, noise and source are set here.</param>
public sealed class PipelineQuality(IDiffusionPipeline pipeline, SceneJudge judge, ImageRequest request)
{
    private const int AtOnce = 32;

    /// <summary>Makes pictures of captions, one seed for each.</summary>
    /// <param name="captions">The captions.</param>
    /// <param name="seed">Seed of the first.</param>
    /// <param name="progress">Told how many are done, or <c>null</c>.</param>
    /// <param name="cancellation">Stops between steps.</param>
    public IReadOnlyList<RgbImage> Make(IReadOnlyList<string> captions, long seed, Action<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(captions);
        List<RgbImage> made = [];
        foreach (var some in captions.Chunk(AtOnce))
        {
            using var noise = new SeededNoise(seed + made.Count, some.Length);
            using var result = pipeline.Run(request with { Prompts = some, Width = Scene.Side, Height = Scene.Side, Noise = noise, Source = null }, null, cancellation);
            made.AddRange(result.Images);
            progress?.Invoke(made.Count);
        }

        return made;
    }

    /// <summary>Judges pictures by their captions.</summary>
    /// <param name="captions">The captions.</param>
    /// <param name="pictures">A picture for each.</param>
    public CaptionScore Score(IReadOnlyList<SceneCaption> captions, IReadOnlyList<RgbImage> pictures)
    {
        ArgumentNullException.ThrowIfNull(captions);
        Adherence[] judged = [.. captions.Zip(See(pictures), Adherence.Of)];
        double relations = captions.Sum(static caption => caption.Phrases.Count(static phrase => phrase.ToNext is not null));
        return new CaptionScore(
            judged.Length,
            judged.Average(static item => item.Holds ? 1.0 : 0),
            judged.Sum(static item => item.Objects) / (double)captions.Sum(static caption => caption.Phrases.Count),
            relations == 0 ? 1 : judged.Sum(static item => item.Relations) / relations,
            judged.Average(static item => item.Extra == 0 ? 1.0 : 0));
    }

    /// <summary>Makes one edit.</summary>
    /// <param name="edit">The edit.</param>
    /// <param name="seed">Its seed.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <returns>The picture, with every pixel outside the mask as it was.</returns>
    public RgbImage Make(SceneEdit edit, long seed, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(edit);
        var source = new InpaintSource { Image = ScenePainter.Paint(edit.Scene), Mask = edit.Mask };
        using var noise = new SeededNoise(seed, 1);
        using var result = pipeline.Run(request with { Prompts = [edit.Prompt], Width = Scene.Side, Height = Scene.Side, Noise = noise, Source = source }, null, cancellation);
        return EditComposite.Of(result.Images[0], source);
    }

    /// <summary>Judges edits.</summary>
    /// <param name="edits">The edits.</param>
    /// <param name="pictures">A picture for each.</param>
    public EditScore Score(IReadOnlyList<SceneEdit> edits, IReadOnlyList<RgbImage> pictures)
    {
        ArgumentNullException.ThrowIfNull(edits);
        var seen = See(pictures);
        return new EditScore(
            edits.Count,
            edits.Average(static edit => edit.Mask.Edited.ToArray().Average(static pixel => pixel ? 1.0 : 0)),
            Inside(edits, seen),
            edits.Zip(seen).Average(static pair => Others(pair.First).All(other => pair.Second.Any(item => Same(item.Item, other.Shape, other.Colour) && Near(item.Item, other))) ? 1.0 : 0),
            edits.Zip(pictures).All(static pair => IsKept(pair.First, pair.Second)));
    }

    /// <summary>Features of pictures.</summary>
    /// <param name="pictures">At least one.</param>
    /// <returns>[B, <see cref="SceneJudge.FeatureWidth"/>]; the caller owns it.</returns>
    public Tensor Features(IReadOnlyList<RgbImage> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        using var scope = NewDisposeScope();
        return cat([.. pictures.Chunk(AtOnce).Select(some => judge.Features(Pixels(judge, some)))]).MoveToOuterDisposeScope();
    }

    /// <summary>What the judge sees in pictures.</summary>
    internal IReadOnlyList<IReadOnlyList<SceneFinding>> See(IReadOnlyList<RgbImage> pictures) => See(judge, pictures);

    /// <summary>Share of edits with an object of the prompt's shape and colour whose centre lies in the mask.</summary>
    internal static double Inside(SceneJudge judge, IReadOnlyList<SceneEdit> edits, IReadOnlyList<RgbImage> pictures) => Inside(edits, See(judge, pictures));

    private static double Inside(IReadOnlyList<SceneEdit> edits, IReadOnlyList<IReadOnlyList<SceneFinding>> seen) => edits.Zip(seen).Average(static pair =>
        pair.Second.Any(item => pair.First.Covers(item.Item) && Same(item.Item, pair.First.Wanted.Shape, pair.First.Wanted.Colour)) ? 1.0 : 0);

    private static IReadOnlyList<IReadOnlyList<SceneFinding>> See(SceneJudge judge, IReadOnlyList<RgbImage> pictures)
    {
        using var scope = NewDisposeScope();
        return [.. pictures.Chunk(AtOnce).SelectMany(some => judge.See(Pixels(judge, some)))];
    }

    private static Tensor Pixels(SceneJudge judge, RgbImage[] pictures) => cat([.. pictures.Select(PixelTensors.Of)]).mul(2).sub(1).to(judge.Weights.Device);

    private static IEnumerable<SceneObject> Others(SceneEdit edit) => edit.Scene.Objects.Where((_, index) => index != edit.Replaced);

    private static bool Same(SceneObject item, SceneShape shape, SceneColour colour) => (item.Shape, item.Colour) == (shape, colour);

    /// <summary>Whether two centres are less than a cell apart.</summary>
    internal static bool Near(SceneObject one, SceneObject other) => Math.Max(Math.Abs(one.X - other.X), Math.Abs(one.Y - other.Y)) < SceneJudge.Cell;

    private static bool IsKept(SceneEdit edit, RgbImage picture)
    {
        var before = ScenePainter.Paint(edit.Scene).Pixels;
        var after = picture.Pixels;
        var edited = edit.Mask.Edited;
        for (var i = 0; i < edited.Length; i++)
        {
            if (!edited[i] && !before.Slice(3 * i, 3).SequenceEqual(after.Slice(3 * i, 3)))
            {
                return false;
            }
        }

        return true;
    }
}
