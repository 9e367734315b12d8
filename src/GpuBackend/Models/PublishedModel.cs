using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Models.DiT;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Models.Published;
using SimServe.GpuBackend.Models.Shapes;
using SimServe.GpuBackend.Models.StableDiffusion3;
using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Models.UNets;
using SimServe.Policies;

namespace SimServe.GpuBackend.Models;

/// <summary>A published model: the configurations of its parts, and how it is used.</summary>
/// <remarks>Nothing but configurations: enough to simulate it, without weights.</remarks>
public sealed record PublishedModel
{
    /// <summary>Name in scenarios and reports, e.g. <c>sdxl</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its name in the literature.</summary>
    public required string Title { get; init; }

    /// <summary>Side of the square images that it was made for, pixels.</summary>
    public required int Side { get; init; }

    /// <summary>Denoising steps it is usually run with.</summary>
    public required int Steps { get; init; }

    /// <summary>Forward passes in each step: 2 for classifier-free guidance, 1 for models that were distilled with it.</summary>
    public required int Branches { get; init; }

    /// <summary>Configuration of the denoising model, by its name in <see cref="PublishedConfigs"/>.</summary>
    public required string Denoiser { get; init; }

    /// <summary>Configuration of the autoencoder.</summary>
    public required string Autoencoder { get; init; }

    /// <summary>Configurations of the text encoders, each with the tokens that a prompt has there, padding included.</summary>
    public required IReadOnlyList<(string Config, int Tokens)> TextEncoders { get; init; }

    /// <summary>Text tokens that the denoising model sees.</summary>
    public required int TextTokens { get; init; }

    /// <summary>What policies and cost models know of the model, at the size it was made for.</summary>
    public ModelShape ToShape() => ToShape(Side, Side);

    /// <summary>What policies and cost models know of the model.</summary>
    /// <param name="height">Height of the images, pixels.</param>
    /// <param name="width">Width of the images, pixels.</param>
    /// <param name="bytesPerElement">Bytes of one activation and one weight.</param>
    /// <exception cref="ArgumentException">The image is no whole number of tokens wide and high.</exception>
    public ModelShape ToShape(int height, int width, int bytesPerElement = 2)
    {
        var autoencoder = AutoencoderConfig.Read(PublishedConfigs.Read(Autoencoder));
        return Shape(new ShapeOptions
        {
            Name = Name,
            Height = height,
            Width = width,
            TextTokens = TextTokens,
            LatentPixels = autoencoder.Downscale,
            BytesPerElement = bytesPerElement,
            Branches = Branches,
            Stages =
            [
                .. TextEncoders.Select(static encoder => TextStage(encoder.Config, encoder.Tokens)),
                autoencoder.EncodeStage(Autoencoder, height, width),
                autoencoder.DecodeStage(Autoencoder, height, width),
            ],
        }) with
        {
            Resize = grid => ToShape(grid.Height, grid.Width, bytesPerElement),
        };
    }

    private ModelShape Shape(ShapeOptions options)
    {
        var config = PublishedConfigs.Read(Denoiser);
        return config.ClassName switch
        {
            nameof(UNet2DConditionModel) => UNetConfig.Read(config).ToShape(options),
            nameof(FluxTransformer2DModel) => FluxTransformerConfig.Read(config).ToShape(options),
            nameof(SD3Transformer2DModel) => SD3TransformerConfig.Read(config).ToShape(options),
            nameof(DiTTransformer2DModel) => DiTTransformerConfig.Read(config).ToShape(options),
            var other => throw new NotSupportedException($"{Denoiser} is of class '{other}', of which no shape can be made."),
        };
    }

    private static StageShape TextStage(string name, int tokens)
    {
        var config = PublishedConfigs.Read(name);
        return config.ClassName == nameof(T5EncoderModel)
            ? T5EncoderConfig.Read(config).ToStage(name, tokens)
            : ClipTextConfig.Read(config).ToStage(name, tokens);
    }
}
