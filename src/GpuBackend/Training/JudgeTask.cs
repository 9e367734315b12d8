using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Training.Quality;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>Trains a judge to see what scenes show.</summary>
/// <remarks>Pictures are blurred and made noisy at random: those of a model are never as clean as painted ones.</remarks>
public sealed class JudgeTask : TrainingTask
{
    private const int Judged = 1024;
    private const int JudgedAtOnce = 128;
    private const double LargestNoise = 0.15;

    private readonly SceneJudge _judge;
    private readonly SceneSet _train;
    private readonly SceneSet _validation;
    private readonly int _batch;

    /// <summary>Creates the task.</summary>
    /// <param name="judge">The judge; not owned.</param>
    /// <param name="train">Scenes to learn from.</param>
    /// <param name="validation">Scenes to judge by.</param>
    /// <param name="batch">Pictures of a step.</param>
    public JudgeTask(SceneJudge judge, SceneSet train, SceneSet validation, int batch)
    {
        ArgumentNullException.ThrowIfNull(judge);
        (_judge, _train, _validation, _batch) = (judge, train, validation, batch);
        Learned = new LearnedWeights([(string.Empty, judge.Weights)]);
    }

    /// <inheritdoc/>
    public override string Name => "judge";

    /// <inheritdoc/>
    public override LearnedWeights Learned { get; }

    /// <inheritdoc/>
    public override string Measure => "scenes judged right (%)";

    /// <inheritdoc/>
    public override bool MoreIsBetter => true;

    /// <inheritdoc/>
    public override Tensor Loss(RandomStream random, Generator generator)
    {
        ArgumentNullException.ThrowIfNull(random);
        int[] chosen = [.. Enumerable.Range(0, _batch).Select(_ => random.Next(_train.Count))];
        var pixels = Worn(_train.Pixels(chosen).to(_judge.Weights.Device), generator);
        var (answers, background) = _judge.Forward(pixels);
        Scene[] scenes = [.. chosen.Select(index => _train[index])];
        var rows = answers.permute(0, 2, 3, 1).flatten(0, 2);
        var (places, facts, offsets, seen) = Truth(scenes, rows.device);
        var objects = rows.index_select(0, places);
        var loss = nn.functional.binary_cross_entropy_with_logits(rows.select(1, 0), seen).mul(10);
        for (var fact = 0; fact < JudgeAnswers.Classes.Count; fact++)
        {
            loss = loss.add(nn.functional.cross_entropy(objects.narrow(1, JudgeAnswers.Firsts[fact], JudgeAnswers.Classes[fact]), facts.select(1, fact)));
        }

        var grounds = tensor(scenes.Select(static scene => (long)scene.Background).ToArray(), device: rows.device);
        return loss.add(objects.narrow(1, JudgeAnswers.Firsts[^1], 2).sub(offsets).square().mean(), 5).add(nn.functional.cross_entropy(background, grounds));
    }

    /// <summary>Share of painted scenes whose full caption the judge finds to be true and complete, in percent.</summary>
    public override double Validate() => 100 * Right(_judge, [.. Enumerable.Range(0, Math.Min(Judged, _validation.Count)).Select(index => _validation[index])]);

    /// <summary>Share of scenes whose full caption a judge finds to be true when they are painted, with nothing else in them.</summary>
    /// <param name="judge">The judge.</param>
    /// <param name="scenes">The scenes.</param>
    internal static double Right(SceneJudge judge, IReadOnlyList<Scene> scenes)
    {
        var right = 0;
        foreach (var some in scenes.Chunk(JudgedAtOnce))
        {
            using var scope = NewDisposeScope();
            var pixels = cat([.. some.Select(static scene => PixelTensors.Of(ScenePainter.Paint(scene)))]).mul(2).sub(1).to(judge.Weights.Device);
            right += some.Zip(judge.See(pixels)).Count(static pair => Adherence.Of(SceneCaption.Full(pair.First), pair.Second) is { Holds: true, Extra: 0 });
        }

        return (double)right / scenes.Count;
    }

    private static Tensor Worn(Tensor pixels, Generator generator)
    {
        var (count, device) = (pixels.shape[0], pixels.device);
        var blurred = nn.functional.avg_pool2d(pixels, [3, 3], [1, 1], [1, 1], count_include_pad: false);
        var share = rand([count, 1, 1, 1], device: device, generator: generator).sub(0.4).clamp(0, 1);
        var noise = randn(pixels.shape, device: device, generator: generator).mul(rand([count, 1, 1, 1], device: device, generator: generator).mul(LargestNoise));
        return pixels.lerp(blurred, share).add(noise);
    }

    private static (Tensor Places, Tensor Facts, Tensor Offsets, Tensor Seen) Truth(Scene[] scenes, Device device)
    {
        const int All = SceneJudge.Cells * SceneJudge.Cells;
        List<long> places = [];
        List<long> facts = [];
        List<float> offsets = [];
        var seen = new float[scenes.Length * All];
        for (var picture = 0; picture < scenes.Length; picture++)
        {
            foreach (var item in scenes[picture].Objects)
            {
                var (x, y) = (item.X / SceneJudge.Cell, item.Y / SceneJudge.Cell);
                places.Add((picture * All) + ((int)y * SceneJudge.Cells) + (int)x);
                facts.AddRange(JudgeAnswers.Of(item).Select(static fact => (long)fact));
                offsets.AddRange([x - (int)x, y - (int)y]);
                seen[places[^1]] = 1;
            }
        }

        return (
            tensor(places.ToArray(), device: device),
            tensor(facts.ToArray(), [places.Count, JudgeAnswers.Classes.Count], device: device),
            tensor(offsets.ToArray(), [places.Count, 2], device: device),
            tensor(seen, device: device));
    }
}
