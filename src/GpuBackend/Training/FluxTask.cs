using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>Trains a Flux transformer to follow straight lines from noise to latents.</summary>
/// <remarks>
/// Rectified flow with logit-normal noise levels (Esser et al., "Scaling Rectified Flow Transformers", 2024), shifted as levels of sampling are: what a picture shows is decided where
/// there is most noise, and those levels are rare without. An early block is asked what each token shows (<see cref="SceneQuestions"/>). Half of the scenes have a hole and are known around it (<see cref="FluxConfig.CleanContext"/>). With a teacher it learns what guidance makes of that one's answers instead, without being told how strong it is
/// (Meng et al., "On Distillation of Guided Diffusion Models", 2023).
/// </remarks>
public sealed class FluxTask : TrainingTask
{
    private const int Judged = 256;
    private const int JudgedAtOnce = 64;
    private const int Shown = 10;
    private const int ShownSteps = 16;

    private readonly FluxTransformer2DModel _model;
    private readonly FluxText _text;
    private readonly AutoencoderKL _autoencoder;
    private readonly LatentSet _train;
    private readonly LatentSet _validation;
    private readonly int _batch;
    private readonly SceneQuestions _questions;
    private readonly FluxTransformer2DModel? _teacher;
    private readonly double _guidance;

    /// <summary>Creates the task.</summary>
    /// <param name="model">The transformer; not owned.</param>
    /// <param name="text">Reads captions; not owned.</param>
    /// <param name="autoencoder">Shows pictures; not owned.</param>
    /// <param name="train">Latents to learn from.</param>
    /// <param name="validation">Latents to judge by.</param>
    /// <param name="batch">Scenes of a step.</param>
    /// <param name="name">Its name.</param>
    /// <param name="teacher">A model that is guided, and how strongly, for this one to answer at once as the teacher does in two passes; <c>null</c> to learn from scenes. Not owned.</param>
    internal FluxTask(
        FluxTransformer2DModel model, FluxText text, AutoencoderKL autoencoder, LatentSet train, LatentSet validation, int batch, string name, (FluxTransformer2DModel Model, double Guidance)? teacher)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _text, _autoencoder, _train, _validation, _batch, Name) = (model, text, autoencoder, train, validation, batch, name);
        (_teacher, _guidance) = (teacher?.Model, teacher?.Guidance ?? 1);
        _questions = new SceneQuestions(model.Config.Width, train.Scenes, TokenSide, model.Weights.Device);
        Learned = new LearnedWeights(teacher is null ? [(ModelPrefix, model.Weights), ("asking.", _questions.Asking)] : [(ModelPrefix, model.Weights)]);
    }

    /// <summary>Shift of the noise levels, of training and of sampling; see <see cref="FlowMatchEuler.Sigmas"/>.</summary>
    internal const double Shift = 3;

    /// <summary>What the names of the transformer's own weights begin with in <see cref="Learned"/>.</summary>
    internal const string ModelPrefix = "transformer.";

    // The block that is asked: after a third of them.
    private int AskedBlock => _model.Config.Blocks / 3;

    private int TokenSide => Scene.Side / _autoencoder.Config.Downscale / FluxPacking.Side;

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override LearnedWeights Learned { get; }

    /// <inheritdoc/>
    public override Tensor Loss(RandomStream random, Generator generator)
    {
        ArgumentNullException.ThrowIfNull(random);
        int[] chosen = [.. Enumerable.Range(0, _batch).Select(_ => random.Next(_train.Scenes.Count))];
        SceneHole[] holes = [.. chosen.Select((index, place) => place % 2 == 0
            ? SceneHole.Everything(_train.Scenes[index], TokenSide, random)
            : SceneHole.Draw(_train.Scenes[index], TokenSide, random))];
        var open = tensor(holes.SelectMany(static hole => hole.Tokens).ToArray(), [chosen.Length, TokenSide * TokenSide], device: _model.Weights.Device);
        string[] captions = [.. holes.Select(static hole => hole.Caption.Text)];
        if (_teacher is not null)
        {
            var (told, _) = Errors(_train.Of(chosen), captions, open, generator, null);
            return told.mean([2]).mul(open).sum().div(open.sum());
        }

        Tensor? wrong = null;
        var (errors, levels) = Errors(
            _train.Of(chosen), captions, open, generator, (block, image) => wrong = block == AskedBlock ? _questions.Wrong(image, chosen).DetachFromDisposeScope() : wrong);
        var weights = _questions.Weights(chosen, levels).mul(open);
        using var answered = wrong!;
        return errors.mean([2]).mul(weights).sum().div(weights.sum()).add(answered, SceneQuestions.Weight);
    }

    /// <inheritdoc/>
    public override double Validate()
    {
        using var generator = new Generator(1, _model.Weights.Device);
        return _validation.Scenes.Mean(Judged, JudgedAtOnce, chosen =>
            Errors(
                _validation.Of(chosen), [.. chosen.Select(index => _validation.Scenes[index].Caption)], ones(chosen.Length, TokenSide * TokenSide, device: _model.Weights.Device), generator, null).Errors.mean());
    }

    /// <summary>Validation scenes over what the model makes of their captions.</summary>
    public override RgbImage Picture()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2, _model.Weights.Device);
        int[] chosen = [.. Enumerable.Range(0, Math.Min(Shown, _validation.Scenes.Count))];
        var latents = Sample([.. chosen.Select(index => _validation.Scenes[index].Caption)], generator);
        return PictureSheet.Of([Images(_validation.Of(chosen)), Images(latents)], scale: 2);
    }

    private Tensor Sample(IReadOnlyList<string> captions, Generator generator)
    {
        var sigmas = FlowMatchEuler.Sigmas(ShownSteps, Shift);
        var side = Scene.Side / _autoencoder.Config.Downscale;
        var latents = FluxPacking.Pack(randn([captions.Count, _autoencoder.Config.LatentChannels, side, side], device: _model.Weights.Device, generator: generator));
        var text = Encode(captions);
        for (var step = 0; step < ShownSteps; step++)
        {
            latents = latents.add(Velocity(_model, latents, full(captions.Count, (float)sigmas[step], device: latents.device), text), sigmas[step + 1] - sigmas[step]);
        }

        return FluxPacking.Unpack(latents, side / FluxPacking.Side, side / FluxPacking.Side);
    }

    // Squared errors, [B, L, C], and noise levels, [B]. Open: 1 for tokens that are noised, 0 for those that are known, [B, L].
    private (Tensor Errors, Tensor Levels) Errors(Tensor latents, IReadOnlyList<string> captions, Tensor open, Generator generator, Action<int, Tensor>? image)
    {
        var clean = FluxPacking.Pack(latents).to(_model.Weights.Device);
        var noise = randn(clean.shape, device: clean.device, generator: generator);
        // The shift of a level is a shift of its logit.
        var levels = randn(captions.Count, device: clean.device, generator: generator).add(Math.Log(Shift)).sigmoid();
        var noised = clean.lerp(noise, levels.view(-1, 1, 1).mul(open.unsqueeze(2)));
        var text = Encode(captions);
        var wanted = _teacher is null ? noise.sub(clean) : Guided(noised, levels, text);
        return (Velocity(_model, noised, levels, text, image).sub(wanted).square(), levels);
    }

    // What classifier-free guidance (Ho and Salimans, 2022) makes of the teacher's answers with and without the caption.
    private Tensor Guided(Tensor noised, Tensor levels, TextCondition text)
    {
        using var mode = no_grad();
        var with = Velocity(_teacher!, noised, levels, text);
        var without = Velocity(_teacher!, noised, levels, Encode([.. Enumerable.Repeat(string.Empty, (int)noised.shape[0])]));
        return with.sub(without).mul(_guidance).add(without);
    }

    private Tensor Velocity(FluxTransformer2DModel model, Tensor latents, Tensor levels, TextCondition captions, Action<int, Tensor>? image = null)
    {
        var type = model.Weights.Type;
        return model.Forward(
            new FluxInput
            {
                HiddenStates = latents.to(type),
                EncoderHiddenStates = captions.Text.to(type),
                PooledProjections = captions.Pooled!.to(type),
                Timestep = levels,
                ImageIds = FluxPacking.Positions(TokenSide, TokenSide, latents.device),
                TextIds = zeros(captions.Text.shape[1], 3, device: latents.device),
            },
            image).to(ScalarType.Float32);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _questions.Dispose();
    }

    private TextCondition Encode(IReadOnlyList<string> captions)
    {
        using var mode = no_grad();
        return _text.Encode(captions);
    }

    // Not disposed: the autoencoder belongs to another.
    private IReadOnlyList<RgbImage> Images(Tensor latents) => PixelTensors.Images(new LatentCodec(_autoencoder).Decode(latents.to(_model.Weights.Device)));
}
