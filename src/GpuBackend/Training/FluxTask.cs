using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>Trains a Flux transformer to follow straight lines from noise to latents.</summary>
/// <remarks>Rectified flow with logit-normal noise levels. Source: Esser et al., "Scaling Rectified Flow Transformers", 2024.</remarks>
public sealed class FluxTask : TrainingTask
{
    private const int Judged = 256;
    private const int JudgedAtOnce = 64;
    private const int Shown = 10;
    private const int ShownSteps = 16;

    private readonly FluxTransformer2DModel _model;
    private readonly CaptionEncoder _captions;
    private readonly AutoencoderKL _autoencoder;
    private readonly LatentSet _train;
    private readonly LatentSet _validation;
    private readonly int _batch;

    /// <summary>Creates the task.</summary>
    /// <param name="model">The transformer; not owned.</param>
    /// <param name="captions">Reads captions; not owned.</param>
    /// <param name="autoencoder">Shows pictures; not owned.</param>
    /// <param name="train">Latents to learn from.</param>
    /// <param name="validation">Latents to judge by.</param>
    /// <param name="batch">Scenes of a step.</param>
    public FluxTask(FluxTransformer2DModel model, CaptionEncoder captions, AutoencoderKL autoencoder, LatentSet train, LatentSet validation, int batch)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _captions, _autoencoder, _train, _validation, _batch) = (model, captions, autoencoder, train, validation, batch);
        Learned = new LearnedWeights([(string.Empty, model.Weights)]);
    }

    /// <inheritdoc/>
    public override string Name => "transformer";

    /// <inheritdoc/>
    public override LearnedWeights Learned { get; }

    /// <inheritdoc/>
    public override Tensor Loss(RandomStream random, Generator generator)
    {
        ArgumentNullException.ThrowIfNull(random);
        int[] chosen = [.. Enumerable.Range(0, _batch).Select(_ => random.Next(_train.Scenes.Count))];
        string[] captions = [.. chosen.Select(index => SceneCaption.Drawn(_train.Scenes[index], random).Text)];
        return Error(_train.Of(chosen), captions, generator);
    }

    /// <inheritdoc/>
    public override double Validate()
    {
        var sum = 0.0;
        using var generator = new Generator(1, _model.Weights.Device);
        for (var first = 0; first < Judged; first += JudgedAtOnce)
        {
            using var scope = NewDisposeScope();
            int[] chosen = [.. Enumerable.Range(first, JudgedAtOnce)];
            sum += Error(_validation.Of(chosen), [.. chosen.Select(index => _validation.Scenes[index].Caption)], generator).item<float>() / (Judged / JudgedAtOnce);
        }

        return sum;
    }

    /// <summary>Validation scenes over what the model makes of their captions.</summary>
    public override RgbImage Picture()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2, _model.Weights.Device);
        int[] chosen = [.. Enumerable.Range(0, Shown)];
        var latents = Sample([.. chosen.Select(index => _validation.Scenes[index].Caption)], generator);
        return PictureSheet.Of([Images(_validation.Of(chosen)), Images(latents)], scale: 2);
    }

    private Tensor Sample(IReadOnlyList<string> captions, Generator generator)
    {
        var sigmas = FlowMatchEuler.Sigmas(ShownSteps);
        var side = Scene.Side / _autoencoder.Config.Downscale;
        var latents = FluxPacking.Pack(randn([captions.Count, _autoencoder.Config.LatentChannels, side, side], device: _model.Weights.Device, generator: generator));
        var text = _captions.Encode(captions);
        for (var step = 0; step < ShownSteps; step++)
        {
            latents = latents.add(Velocity(latents, full(captions.Count, (float)sigmas[step], device: latents.device), text), sigmas[step + 1] - sigmas[step]);
        }

        return FluxPacking.Unpack(latents, side / FluxPacking.Side, side / FluxPacking.Side);
    }

    private Tensor Error(Tensor latents, IReadOnlyList<string> captions, Generator generator)
    {
        var image = FluxPacking.Pack(latents).to(_model.Weights.Device);
        var noise = randn(image.shape, device: image.device, generator: generator);
        var levels = randn(captions.Count, device: image.device, generator: generator).sigmoid();
        var noised = image.lerp(noise, levels.view(-1, 1, 1));
        return Velocity(noised, levels, _captions.Encode(captions)).sub(noise.sub(image)).square().mean();
    }

    private Tensor Velocity(Tensor latents, Tensor levels, (Tensor Text, Tensor Pooled) captions)
    {
        var side = Scene.Side / _autoencoder.Config.Downscale / FluxPacking.Side;
        return _model.Forward(new FluxInput
        {
            HiddenStates = latents,
            EncoderHiddenStates = captions.Text,
            PooledProjections = captions.Pooled,
            Timestep = levels,
            ImageIds = FluxPacking.Positions(side, side, latents.device),
            TextIds = zeros(captions.Text.shape[1], 3, device: latents.device),
        });
    }

    private IReadOnlyList<RgbImage> Images(Tensor latents)
    {
        var scaled = latents.to(_model.Weights.Device).div(_autoencoder.Config.ScalingFactor).add(_autoencoder.Config.ShiftFactor);
        return PixelTensors.Images(_autoencoder.Decode(scaled).add(1).div(2).cpu());
    }
}
