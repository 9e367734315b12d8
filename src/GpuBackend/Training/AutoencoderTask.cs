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
    private const int PartOfStyled = 4;

    private readonly AutoencoderKL _model;
    private readonly SceneSet _train;
    private readonly IReadOnlyList<SceneSet> _styled;
    private readonly SceneSet _validation;
    private readonly int _batch;

    /// <summary>Creates the task.</summary>
    /// <param name="model">The model, not owned.</param>
    /// <param name="train">Scenes to learn from.</param>
    /// <param name="styled">Scenes in styles, which a quarter of the pictures are drawn from: the latents of style adapters must decode.</param>
    /// <param name="validation">Scenes to judge by.</param>
    /// <param name="batch">Pictures of a step.</param>
    public AutoencoderTask(AutoencoderKL model, SceneSet train, IReadOnlyList<SceneSet> styled, SceneSet validation, int batch)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _train, _styled, _validation, _batch) = (model, train, styled, validation, batch);
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
        var styled = _styled.Count == 0 ? 0 : _batch / PartOfStyled;
        List<Tensor> drawn = [Draw(_train, _batch - styled, random)];
        if (styled > 0)
        {
            drawn.Add(Draw(_styled[random.Next(_styled.Count)], styled, random));
        }

        var pixels = cat(drawn).to(_model.Weights.Device);
        var (mean, logVariance) = Encode(_model, pixels);
        var noise = randn(mean.shape, device: mean.device, generator: generator);
        var decoded = Decode(_model, logVariance.mul(0.5).exp().mul(noise).add(mean));
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
        var decoded = Decode(_model, Encode(_model, pixels).Mean).cpu();
        return PictureSheet.Of([Images(pixels), Images(decoded)]);
    }

    /// <summary>Mean and standard deviation of the latents of training scenes, over all channels.</summary>
    internal (double Mean, double Deviation) Latents()
    {
        using var scope = NewDisposeScope();
        List<Tensor> means = [];
        for (var first = 0; first < Math.Min(1024, _train.Count); first += _batch)
        {
            means.Add(Encode(_model, _train.Pixels([.. Enumerable.Range(first, Math.Min(_batch, _train.Count - first))])).Mean);
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

    private static Tensor Draw(SceneSet set, int count, RandomStream random) => set.Pixels([.. Enumerable.Range(0, count).Select(_ => random.Next(set.Count))]);

    // In the model's type inside, float32 outside.
    private static (Tensor Mean, Tensor LogVariance) Encode(AutoencoderKL model, Tensor pixels)
    {
        var (mean, logVariance) = model.Encode(pixels.to(model.Weights.Type, model.Weights.Device));
        return (mean.to(ScalarType.Float32), logVariance.to(ScalarType.Float32));
    }

    private static Tensor Decode(AutoencoderKL model, Tensor latents) => model.Decode(latents.to(model.Weights.Type)).to(ScalarType.Float32);

    // [B], decibels.
    private static Tensor Psnr(AutoencoderKL model, Tensor pixels)
    {
        var decoded = Decode(model, Encode(model, pixels).Mean).clamp_(-1, 1).cpu();
        // Half the range of -1 to 1 is that of 0 to 1.
        return decoded.sub(pixels).div_(2).square().mean([1, 2, 3]).log10().mul_(-10);
    }

    private static IReadOnlyList<RgbImage> Images(Tensor pixels) => PixelTensors.Images(pixels.add(1).div(2));
}
