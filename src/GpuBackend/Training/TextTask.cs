using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Tokenizers;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.GpuBackend.Weights;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>Trains both text encoders to know what captions say.</summary>
/// <remarks>
/// Published encoders learn from millions of texts; here every token of a phrase is asked what the caption says of its object, and CLIP's pooled output which
/// shapes and colours there are. The layers that ask are thrown away afterwards. Captions name every pair of a shape and a colour: words are learned from all texts, as published encoders are; that no
/// picture shows some of the pairs is what held-out scenes are about. CLIP reads forwards only: a phrase cannot know what follows it, and is not asked.
/// </remarks>
public sealed class TextTask : TrainingTask
{
    private const int ToNextFact = 4;
    private const int BackgroundFact = 7;

    private readonly ClipTextModel _clip;
    private readonly T5EncoderModel _t5;
    private readonly ITokenizer _clipTokenizer;
    private readonly ITokenizer _t5Tokenizer;
    private readonly CaptionSource _captions;
    private readonly WeightStore _asking;
    private readonly Linear[] _fromClip;
    private readonly Linear[] _fromT5;
    private readonly Linear _pairs;

    /// <summary>Creates the task.</summary>
    /// <param name="clip">The CLIP encoder and its tokenizer; not owned.</param>
    /// <param name="t5">The T5 encoder and its tokenizer; not owned.</param>
    /// <param name="plan">Seed and scenes.</param>
    /// <param name="batch">Captions of a step.</param>
    public TextTask((ClipTextModel Model, ITokenizer Tokenizer) clip, (T5EncoderModel Model, ITokenizer Tokenizer) t5, TrainingPlan plan, int batch)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ((_clip, _clipTokenizer), (_t5, _t5Tokenizer)) = (clip, t5);
        _captions = new CaptionSource(plan, batch);
        _asking = WeightStore.Seeded(plan.Seed, ScalarType.Float32, _clip.Weights.Device);
        _fromClip = Heads("clip", _clip.Config.Width);
        _fromT5 = Heads("t5", _t5.Config.Width);
        _pairs = new Linear(_asking.Root.Sub("pairs"), _clip.Config.Width, ScenePairs.Count);
        Learned = new LearnedWeights([("clip.", _clip.Weights), ("t5.", _t5.Weights), ("asking.", _asking)]);
    }

    /// <inheritdoc/>
    public override string Name => "text";

    /// <inheritdoc/>
    public override LearnedWeights Learned { get; }

    /// <inheritdoc/>
    public override string Measure => "phrases understood (%)";

    /// <inheritdoc/>
    public override bool MoreIsBetter => true;

    /// <inheritdoc/>
    public override Tensor Loss(RandomStream random, Generator generator)
    {
        ArgumentNullException.ThrowIfNull(random);
        var captions = _captions.Drawn(random);
        var (clip, pooled, t5) = Ask(captions);
        var pairs = nn.functional.binary_cross_entropy_with_logits(_pairs.Apply(pooled), ScenePairs.In(captions, pooled.device));
        return CrossEntropy(clip).add(CrossEntropy(t5)).add(pairs, 10);
    }

    /// <summary>Share of phrases whose words all know everything, in percent, of the encoder that knows less.</summary>
    public override double Validate()
    {
        using var scope = NewDisposeScope();
        var (clip, _, t5) = Ask(_captions.ToJudge());
        return Math.Min(Understood(clip), Understood(t5));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _asking.Dispose();
    }

    private Linear[] Heads(string name, int width) => [.. CaptionFacts.Classes.Select((classes, fact) => new Linear(_asking.Root.Sub(name).Sub("facts", fact), width, classes))];

    private ((Tensor[] Answers, Tensor Facts, bool All) Clip, Tensor Pooled, (Tensor[] Answers, Tensor Facts, bool All) T5) Ask(IReadOnlyList<SceneCaption> captions)
    {
        var device = _clip.Weights.Device;
        var clipTokens = CaptionTokens.Of(captions, _clipTokenizer, 1, true, device);
        var t5Tokens = CaptionTokens.Of(captions, _t5Tokenizer, 0, false, device);
        var clip = _clip.Forward(clipTokens.Ids);
        var t5 = _t5.Forward(t5Tokens.Ids).LastHiddenState;
        return ((Answers(_fromClip, clip.LastHiddenState, clipTokens), clipTokens.Facts, false), clip.Pooled, (Answers(_fromT5, t5, t5Tokens), t5Tokens.Facts, true));
    }

    private static Tensor[] Answers(Linear[] heads, Tensor states, CaptionTokens tokens)
    {
        var rows = states.flatten(0, 1).index_select(0, tokens.Places);
        return [.. heads.Select(head => head.Apply(rows))];
    }

    private static bool Asked(int fact, bool all) => all || fact is not (ToNextFact or BackgroundFact);

    private static Tensor CrossEntropy((Tensor[] Answers, Tensor Facts, bool All) asked) => asked.Answers
        .Select((answer, fact) => (answer, fact)).Where(item => Asked(item.fact, asked.All))
        .Select(item => nn.functional.cross_entropy(item.answer, asked.Facts.select(1, item.fact))).Aggregate(static (a, b) => a.add(b));

    private static double Understood((Tensor[] Answers, Tensor Facts, bool All) asked)
    {
        var right = ones(asked.Facts.shape[0], dtype: ScalarType.Bool, device: asked.Facts.device);
        foreach (var (fact, answer) in asked.Answers.Index().Where(item => Asked(item.Index, asked.All)))
        {
            right = right.logical_and(answer.argmax(1).eq(asked.Facts.select(1, fact)));
        }

        return 100 * right.to(ScalarType.Float32).mean().item<float>();
    }
}
