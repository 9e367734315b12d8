using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>The denoiser of Stable Diffusion 1.x, 2.x and XL, inpainting variants included.</summary>
/// <remarks>
/// Weights are not written by a forward pass: any number of threads may run one model at once, each under <c>inference_mode</c>. Sources: Rombach et al.,
/// 2022; Podell et al., 2023; module names and details as in diffusers' <c>UNet2DConditionModel</c>.
/// </remarks>
public sealed class UNet2DConditionModel : IDisposable
{
    private readonly Backbone _backbone;
    private readonly UNetEncoder _encoder;
    private readonly UNetDecoder _decoder;

    /// <summary>Takes all of a U-Net's weights.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="weights">Its weights, owned by the model once the constructor returns.</param>
    /// <param name="optimisations">How its layers are computed; <c>null</c>: as they stand. For inference only.</param>
    /// <exception cref="ModelFileException">Weights are missing, have other shapes, or are left over.</exception>
    public UNet2DConditionModel(UNetConfig config, WeightStore weights, BackboneOptimisations? optimisations = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        (Config, Weights, _backbone) = (config, weights, new Backbone(optimisations ?? BackboneOptimisations.None));
        var root = new BackboneScope(weights.Root, _backbone);
        _encoder = new UNetEncoder(config.Encoder, root);
        _decoder = new UNetDecoder(config, root);
        weights.Complete();
    }

    /// <summary>Its sizes.</summary>
    public UNetConfig Config { get; }

    /// <summary>Its weights.</summary>
    public WeightStore Weights { get; }

    /// <summary>How its layers are computed.</summary>
    public BackboneOptimisations Optimisations => _backbone.Use;

    /// <summary>Transformers in a forward pass; each is a run of blocks between two convolutions.</summary>
    internal int Transformers =>
        Config.Encoder.Levels.Where(static level => level.HasAttention).Sum(static level => level.Layers)
        + 1 + Config.UpLevels.Where(static level => level.HasAttention).Sum(static level => level.Layers);

    /// <summary>Predicts what the scheduler asks for: noise, velocity or the clean latents, as the checkpoint was trained.</summary>
    /// <param name="input">The step's input.</param>
    /// <returns>[B, out channels, h, w], owned by the caller.</returns>
    /// <exception cref="ArgumentException">A shape does not fit the model.</exception>
    public Tensor Forward(UNetInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var scope = NewDisposeScope();
        var encoded = Encode(input);
        input.Residuals?.AddTo(encoded);
        return Decode(encoded).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _backbone.Dispose();
        Weights.Dispose();
    }

    /// <summary>The way down and the middle, which need no ControlNet's residuals: these can be computed meanwhile.</summary>
    internal EncoderOutput Encode(UNetInput input) => _encoder.Apply(input);

    /// <summary>The way up.</summary>
    internal Tensor Decode(EncoderOutput encoded) => _decoder.Apply(encoded);
}
