using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Schedulers;
using SimServe.GpuBackend.Tokenizers;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>Stable Diffusion 1, 2 and XL as they are served, from folders in diffusers' layout.</summary>
/// <remarks>
/// Requests have the guidance and the size that the folder's pipeline has where nothing else is said. ControlNets of the folder are left out. A recording has as many steps as requests ask for:
/// where the folder's scheduler takes another number (PNDM, one more), DDIM takes its place, with the same noise levels.
/// </remarks>
public static class StableDiffusionFolder
{
    private const int Tried = 4;

    /// <summary>Reads a folder's sizes; no weights yet, and no native library is needed.</summary>
    /// <param name="folder">The folder that holds <c>model_index.json</c>; its name becomes the model's.</param>
    /// <returns>The model, computing in float32.</returns>
    /// <exception cref="FileNotFoundException">A folder or file is missing.</exception>
    /// <exception cref="ModelFileException">It is no Stable Diffusion pipeline, or one that cannot be served; the message says why.</exception>
    public static StableDiffusionConfig Read(string folder)
    {
        var index = ModelIndex.Open(folder);
        var unet = UNetConfig.Read(index.Config("unet", nameof(UNet2DConditionModel)));
        var autoencoder = AutoencoderConfig.Read(index.Config("vae", nameof(AutoencoderKL)));
        var defaults = PipelineFactory.StableDiffusionDefaults(index, unet, autoencoder.Downscale);
        if (unet.InChannels != autoencoder.LatentChannels)
        {
            throw new ModelFileException($"{index.Path}: the UNet takes {unet.InChannels} channels, {autoencoder.LatentChannels} of them latents. UNets that are shown the picture around a mask are not served; 'simserve edit' runs them.");
        }

        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return new StableDiffusionConfig
        {
            Name = Path.GetFileName(path),
            Folder = path,
            Files = ServedFolder.FilesOf(path),
            Grid = GridOf(index, unet, defaults.Size, autoencoder.Downscale),
            UNet = unet,
            Autoencoder = autoencoder,
            TextTokens = TokenizerFactory.Open(index.Component("tokenizer", "CLIPTokenizer", "CLIPTokenizerFast")).MaxLength,
            Guidance = defaults.Guidance,
            Scheduler = TakesAsked(index, null) ? null : DdimOptions.ClassName,
            TextEncoders =
            [
                .. new[] { "text_encoder", "text_encoder_2" }
                    .Where(part => index.Class(part) is not null)
                    .Select(part => ClipTextConfig.Read(index.Config(part, "CLIPTextModel", "CLIPTextModelWithProjection"))),
            ],
        };
    }

    /// <summary>Opens a model.</summary>
    /// <param name="config">Its sizes and type, as <see cref="Read(string)"/> gave them.</param>
    /// <param name="device">Where it computes; <c>null</c>: on the processor.</param>
    /// <exception cref="FileNotFoundException">A file of its folder is missing.</exception>
    /// <exception cref="ModelFileException">A file of its folder is not sound.</exception>
    public static ServedModel Open(StableDiffusionConfig config, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        Native.LibTorch.Load();
        if (config.CacheFault() is { } fault)
        {
            throw new ModelFileException($"'{config.Folder}': {fault}.");
        }

        // As they stand: batches and masks change from step to step, and weights are packed for a few sizes; profiles of served models were measured so.
        var options = new PipelineOptions { Type = config.Type, Device = FluxModel.Numbered(device ?? CPU), Optimisations = BackboneOptimisations.None };
        return PipelineFactory.AllOrNothing(opened =>
        {
            var index = ModelIndex.Open(config.Folder);
            var (text, unet, codec) = PipelineFactory.StableDiffusionParts(index, options, opened);
            return new StableDiffusionModel(config, text, unet, codec, SchedulerChoice.Of(SchedulerOf(index), config.Scheduler));
        });
    }

    // The coarsest level must be whole: masks are pooled as its pixels are.
    private static TokenGrid GridOf(ModelIndex index, UNetConfig unet, int size, int downscale)
    {
        var multiple = downscale << (unet.Encoder.Levels.Count - 1);
        return size % multiple == 0
            ? new TokenGrid(size / downscale, size / downscale, downscale)
            : throw new ModelFileException($"{index.Path}: images of {size}x{size} pixels; a served model's must be a multiple of {multiple}, the pixels of the coarsest level's side.");
    }

    private static string SchedulerOf(ModelIndex index) => Path.Combine(index.Folder, "scheduler");

    private static bool TakesAsked(ModelIndex index, string? choice)
    {
        using var scheduler = SchedulerChoice.Of(SchedulerOf(index), choice).Start(0, static _ => new SchedulerSteps(Tried));
        return scheduler.Timesteps.Count == Tried;
    }
}
