using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>Trains an autoencoder to give pictures back from their latents.</summary>
/// <remarks>Squared error, and a little of the divergence from unit normal latents, which keeps them small and smooth. Source: Kingma and Welling, 2014; Rombach et al., 2022.</remarks>
public sealed class AutoencoderTask : TrainingTask
{
    private const double DivergenceWeight = 1e-4;
    private const int Shown = 8;
    private const int Judged = 128;
    private const int JudgedAtOnce = 32;

    private readonly AutoencoderKL _model;
    private readonly SceneSet _train;
    private readonly SceneSet _validation;
    private readonly int _batch;

    /// <summary>Creates the task.</summary>
    /// <param name="model">The model, not owned.</param>
    /// <param name="train">Scenes to learn from.</param>
    /// <param name="validation">Scenes to judge by.</param>
    /// <param name="batch">Pictures of a step.</param>
    public AutoencoderTask(AutoencoderKL model, SceneSet train, SceneSet validation, int batch)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _train, _validation, _batch) = (model, train, validation, batch);
        Learned = new LearnedWeights([(string.Empty, model.Weights)]);
    }

    /// <inheritdoc/>
    public override string Name => "vae";

    /// <inheritdoc/>
    public override LearnedWeights Learned { get; }

    /// <inheritdoc/>
    public override string Measure => "PSNR (dB)";

    /// <inheritdoc/>
    public override bool MoreIsBetter => true;

    /// <inheritdoc/>
    public override Tensor Loss(RandomStream random, Generator generator)
    {
        ArgumentNullException.ThrowIfNull(random);
        var pixels = _train.Pixels([.. Enumerable.Range(0, _batch).Select(_ => random.Next(_train.Count))]).to(_model.Weights.Device);
        var (mean, logVariance) = _model.Encode(pixels);
        var noise = randn(mean.shape, device: mean.device, generator: generator);
        var decoded = _model.Decode(logVariance.mul(0.5).exp().mul(noise).add(mean));
        var divergence = mean.square().add(logVariance.exp()).sub(logVariance).sub(1).mean().mul(0.5);
        return decoded.sub(pixels).square().mean().add(divergence, DivergenceWeight);
    }

    /// <summary>Mean over pictures of the peak signal-to-noise ratio, in decibels.</summary>
    public override double Validate() => _validation.Mean(Judged, JudgedAtOnce, chosen => Psnr(_model, _validation.Pixels(chosen)).mean());

    /// <inheritdoc/>
    public override RgbImage Picture()
    {
        using var scope = NewDisposeScope();
        var pixels = _validation.Pixels([.. Enumerable.Range(0, Math.Min(Shown, _validation.Count))]);
        var decoded = _model.Decode(_model.Encode(pixels.to(_model.Weights.Device)).Mean).cpu();
        return PictureSheet.Of([Images(pixels), Images(decoded)]);
    }

    /// <summary>Mean and standard deviation of the latents of training scenes, over all channels.</summary>
    internal (double Mean, double Deviation) Latents()
    {
        using var scope = NewDisposeScope();
        List<Tensor> means = [];
        for (var first = 0; first < Math.Min(1024, _train.Count); first += _batch)
        {
            means.Add(_model.Encode(_train.Pixels([.. Enumerable.Range(first, Math.Min(_batch, _train.Count - first))]).to(_model.Weights.Device)).Mean);
        }

        var all = cat(means);
        return (all.mean().item<float>(), all.std().item<float>());
    }

    /// <summary>How well a model gives a picture back: peak signal-to-noise ratio, in decibels.</summary>
    /// <param name="model">The model.</param>
    /// <param name="picture">The picture.</param>
    internal static double Quality(AutoencoderKL model, RgbImage picture)
    {
        using var scope = NewDisposeScope();
        return Psnr(model, PixelTensors.Of(picture).mul(2).sub(1)).item<float>();
    }

    // [B], decibels.
    private static Tensor Psnr(AutoencoderKL model, Tensor pixels)
    {
        var decoded = model.Decode(model.Encode(pixels.to(model.Weights.Device)).Mean).clamp_(-1, 1).cpu();
        // Half the range of -1 to 1 is that of 0 to 1.
        return decoded.sub(pixels).div_(2).square().mean([1, 2, 3]).log10().mul_(-10);
    }

    private static IReadOnlyList<RgbImage> Images(Tensor pixels) => PixelTensors.Images(pixels.add(1).div(2));
}
