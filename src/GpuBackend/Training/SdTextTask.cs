using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Tokenizers;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.GpuBackend.Weights;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>Trains the U-Net's text encoder to sum captions up.</summary>
/// <remarks>
/// CLIP reads forwards only: words do not know what follows them. But texts are padded to one length, and paddings have read everything. The last ones are asked all that the caption
/// says, each of one phrase, so that a U-Net finds it in one place. The layers that ask are thrown away afterwards. Captions name every pair of a shape and a colour, as <see cref="TextTask"/> has it.
/// </remarks>
public sealed class SdTextTask : TrainingTask
{
    /// <summary>The part's name.</summary>
    internal const string Part = "text-sd";

    private const int MostPhrases = 3;

    private readonly ClipTextModel _clip;
    private readonly ITokenizer _tokenizer;
    private readonly CaptionSource _captions;
    private readonly WeightStore _asking;
    private readonly Linear[] _facts;

    /// <summary>Creates the task.</summary>
    /// <param name="clip">The encoder; not owned.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="plan">Seed and scenes.</param>
    /// <param name="batch">Captions of a step.</param>
    public SdTextTask(ClipTextModel clip, ITokenizer tokenizer, TrainingPlan plan, int batch)
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentNullException.ThrowIfNull(plan);
        (_clip, _tokenizer, _captions) = (clip, tokenizer, new CaptionSource(plan, batch));
        _asking = WeightStore.Seeded(plan.Seed, ScalarType.Float32, clip.Weights.Device);
        _facts = [.. CaptionFacts.Classes.Select((classes, fact) => new Linear(_asking.Root.Sub("facts", fact), clip.Config.Width, 1 + classes))];
        Learned = new LearnedWeights([("clip.", clip.Weights), ("asking.", _asking)]);
    }

    /// <inheritdoc/>
    public override string Name => Part;

    /// <inheritdoc/>
    public override LearnedWeights Learned { get; }

    /// <inheritdoc/>
    public override string Measure => "captions understood (%)";

    /// <inheritdoc/>
    public override bool MoreIsBetter => true;

    /// <inheritdoc/>
    public override Tensor Loss(RandomStream random, Generator generator)
    {
        ArgumentNullException.ThrowIfNull(random);
        var captions = _captions.Drawn(random);
        return Asked(captions).Select(static asked => nn.functional.cross_entropy(asked.Answers, asked.Facts)).Aggregate(static (a, b) => a.add(b));
    }

    /// <summary>Share of captions of which everything is known, in percent.</summary>
    public override double Validate()
    {
        using var scope = NewDisposeScope();
        var right = Asked(_captions.ToJudge())
            .Select(static asked => asked.Answers.argmax(1).eq(asked.Facts)).Aggregate(static (a, b) => a.logical_and(b));
        return 100 * right.view(CaptionSource.Judged, MostPhrases).all(1).to(ScalarType.Float32).mean().item<float>();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _asking.Dispose();
    }

    // For each fact: answers of each caption's last tokens, [B * 3, classes], and what is true, [B * 3].
    private IEnumerable<(Tensor Answers, Tensor Facts)> Asked(IReadOnlyList<SceneCaption> captions)
    {
        var device = _clip.Weights.Device;
        var length = _tokenizer.MaxLength;
        var states = _clip.Forward(TokenRows.Of(_tokenizer, [.. captions.Select(static caption => caption.Text)], length, device, null)).LastHiddenState;
        var rows = states.narrow(1, length - MostPhrases, MostPhrases).flatten(0, 1);
        var facts = tensor(captions.SelectMany(static caption => Enumerable.Range(0, MostPhrases).SelectMany(phrase => Facts(caption, phrase))).ToArray(), [rows.shape[0], CaptionFacts.Count], device: device);
        return _facts.Select((head, fact) => (head.Apply(rows), facts.select(1, fact)));
    }

    // 0 for what a caption does not have.
    private static IEnumerable<long> Facts(SceneCaption caption, int phrase) => phrase < caption.Phrases.Count
        ? CaptionFacts.Of(caption, phrase).Select(static fact => 1 + fact)
        : Enumerable.Repeat(0L, CaptionFacts.Count);
}
