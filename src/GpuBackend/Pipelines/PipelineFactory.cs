using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Models.ControlNets;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Tokenizers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>Opens pipelines from folders in diffusers' layout.</summary>
public static class PipelineFactory
{
    private const string Config = "config.json";
    private const int UsualSampleSize = 64;

    private static readonly string[] StableDiffusion =
        ["StableDiffusionPipeline", "StableDiffusionInpaintPipeline", "StableDiffusionControlNetPipeline", "StableDiffusionControlNetInpaintPipeline"];

    private static readonly string[] StableDiffusionXL =
        ["StableDiffusionXLPipeline", "StableDiffusionXLInpaintPipeline", "StableDiffusionXLControlNetPipeline", "StableDiffusionXLControlNetInpaintPipeline"];

    private static readonly string[] Flux = ["FluxPipeline", "FluxInpaintPipeline"];

    /// <summary>Pipeline classes that can be opened.</summary>
    public static IReadOnlyList<string> Supported { get; } = [.. StableDiffusion, .. StableDiffusionXL, .. Flux];

    /// <summary>Whether a pipeline's class is of the Flux family.</summary>
    internal static bool IsFlux(string name) => Flux.Contains(name);

    /// <summary>What is said of a class that cannot be opened.</summary>
    internal static ModelFileException NotSupported(ModelIndex index) => new($"{index.Path}: the pipeline is a \"{index.ClassName}\"; supported are {string.Join(", ", Supported)}.");

    /// <summary>Opens a pipeline; new images and edits are both made by it, whatever the class says.</summary>
    /// <param name="folder">The folder that holds <c>model_index.json</c>.</param>
    /// <param name="options">How to open it.</param>
    /// <exception cref="FileNotFoundException">A folder or file is missing.</exception>
    /// <exception cref="ModelFileException">A file is not sound, or a class is not supported; the message lists those that are.</exception>
    /// <exception cref="NotEnoughMemoryException">The weights do not fit; nothing was loaded.</exception>
    public static IDiffusionPipeline Open(string folder, PipelineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var index = ModelIndex.Open(folder);
        if (!Supported.Contains(index.ClassName))
        {
            throw NotSupported(index);
        }

        MemoryNeed.Of(index, options).Check(options.Device);
        return AllOrNothing<IDiffusionPipeline>(opened => IsFlux(index.ClassName) ? OpenFlux(index, options, opened) : OpenStableDiffusion(index, options, opened));
    }

    /// <summary>Opens several parts; whatever was opened is closed again when a later one fails.</summary>
    /// <param name="open">Opens them, and pushes each.</param>
    internal static T AllOrNothing<T>(Func<Stack<IDisposable>, T> open)
    {
        var opened = new Stack<IDisposable>();
        try
        {
            return open(opened);
        }
        catch
        {
            while (opened.TryPop(out var part))
            {
                part.Dispose();
            }

            throw;
        }
    }

    private static StableDiffusionPipeline OpenStableDiffusion(ModelIndex index, PipelineOptions options, Stack<IDisposable> opened)
    {
        var scheduler = SchedulerChoice.Of(Path.Combine(index.Folder, "scheduler"), options.Scheduler);
        var (text, unet, codec) = StableDiffusionParts(index, options, opened);
        List<ControlNetModel> nets = [];
        foreach (var net in ControlNetFolders(index, options))
        {
            nets.Add(Keep(opened, ControlNet(net, options)));
        }

        return new StableDiffusionPipeline(text, unet, codec, scheduler, nets, StableDiffusionDefaults(index, unet.Config, codec.Downscale));
    }

    /// <summary>What a Stable Diffusion pipeline does where nothing else is said.</summary>
    internal static PipelineDefaults StableDiffusionDefaults(ModelIndex index, UNetConfig unet, int downscale) =>
        Defaults(index, new PipelineDefaults((unet.SampleSize ?? UsualSampleSize) * downscale, 50, StableDiffusionXL.Contains(index.ClassName) ? 5 : 7.5));

    /// <summary>Opens what a Stable Diffusion pipeline consists of beside its scheduler and ControlNets.</summary>
    internal static (ITextConditioner Text, UNet2DConditionModel UNet, LatentCodec Codec) StableDiffusionParts(ModelIndex index, PipelineOptions options, Stack<IDisposable> opened)
    {
        ITextConditioner text = StableDiffusionXL.Contains(index.ClassName)
            ? new StableDiffusionXLText(
                Clip(index, options, opened, "text_encoder", "tokenizer"),
                Clip(index, options, opened, "text_encoder_2", "tokenizer_2"),
                index.Flag("force_zeros_for_empty_prompt", true))
            : new StableDiffusionText(Clip(index, options, opened, "text_encoder", "tokenizer"));
        var unet = Keep(opened, UNet(index.Component("unet", nameof(UNet2DConditionModel)), options));
        return (text, unet, Keep(opened, Codec(index, options)));
    }

    private static FluxPipeline OpenFlux(ModelIndex index, PipelineOptions options, Stack<IDisposable> opened)
    {
        if (options.ControlNets.Count > 0)
        {
            throw new ModelFileException($"{index.Path}: a {index.ClassName} takes no ControlNet in this version.");
        }

        var scheduler = SchedulerChoice.Of(Path.Combine(index.Folder, "scheduler"), options.Scheduler);
        var (text, transformer, codec) = FluxParts(index, options, opened);
        var usual = transformer.Config.GuidanceEmbeds ? new PipelineDefaults(1024, 28, 3.5) : new PipelineDefaults(1024, 4, 0);
        return new FluxPipeline(text, transformer, codec, scheduler, Defaults(index, usual), index.Flag(FluxFolder.CleanContextKey, false));
    }

    /// <summary>Opens what a Flux pipeline consists of beside its scheduler.</summary>
    internal static (FluxText Text, FluxTransformer2DModel Transformer, LatentCodec Codec) FluxParts(ModelIndex index, PipelineOptions options, Stack<IDisposable> opened)
    {
        var clip = Clip(index, options, opened, "text_encoder", "tokenizer");
        var tokenizer = TokenizerFactory.Open(index.Component("tokenizer_2", "T5Tokenizer", "T5TokenizerFast"));
        var t5 = Keep(opened, T5(index.Component("text_encoder_2", nameof(T5EncoderModel)), options));
        var transformer = Keep(opened, Transformer(index.Component("transformer", nameof(FluxTransformer2DModel)), options));
        return (new FluxText(clip, tokenizer, t5), transformer, Keep(opened, Codec(index, options)));
    }

    // Keys with an underscore in front are none of diffusers' parts: it reads past them.
    private static PipelineDefaults Defaults(ModelIndex index, PipelineDefaults usual)
    {
        var defaults = new PipelineDefaults(index.Whole("_default_size", usual.Size), index.Whole("_default_steps", usual.Steps), index.Number("_default_guidance", usual.Guidance));
        index.ThrowIfFaulty();
        return defaults;
    }

    /// <summary>Folders of the ControlNets of a pipeline: its own, then those of the options.</summary>
    internal static IEnumerable<string> ControlNetFolders(ModelIndex index, PipelineOptions options)
    {
        var own = index.Class("controlnet") is null ? [] : new[] { index.Component("controlnet", nameof(ControlNetModel)) };
        return [.. own, .. options.ControlNets];
    }

    /// <summary>Opens a CLIP text encoder and its tokenizer.</summary>
    internal static ClipStage Clip(ModelIndex index, PipelineOptions options, Stack<IDisposable> opened, string encoder, string tokenizer)
    {
        var folder = index.Component(encoder, "CLIPTextModel", "CLIPTextModelWithProjection");
        var tokens = TokenizerFactory.Open(index.Component(tokenizer, "CLIPTokenizer", "CLIPTokenizerFast"));
        var config = ClipTextConfig.Read(ConfigFile.Open(Path.Combine(folder, Config)));
        return Keep(opened, new ClipStage(tokens, Build(folder, options, options.Type, weights => new ClipTextModel(config, weights))));
    }

    private static T5EncoderModel T5(string folder, PipelineOptions options)
    {
        var config = T5EncoderConfig.Read(ConfigFile.Open(Path.Combine(folder, Config)));
        return Build(folder, options, options.Type, weights => new T5EncoderModel(config, weights));
    }

    /// <summary>Opens a U-Net.</summary>
    internal static UNet2DConditionModel UNet(string folder, PipelineOptions options)
    {
        var config = UNetConfig.Read(ConfigFile.Open(Path.Combine(folder, Config)));
        return Build(folder, options, options.Type, weights => new UNet2DConditionModel(config, weights, options.Optimisations));
    }

    /// <summary>Opens a ControlNet.</summary>
    internal static ControlNetModel ControlNet(string folder, PipelineOptions options)
    {
        var config = ControlNetConfig.Read(ConfigFile.Open(Path.Combine(folder, Config)));
        return Build(folder, options, options.Type, weights => new ControlNetModel(config, weights, options.Optimisations));
    }

    private static FluxTransformer2DModel Transformer(string folder, PipelineOptions options)
    {
        var config = FluxTransformerConfig.Read(ConfigFile.Open(Path.Combine(folder, Config)));
        return Build(folder, options, options.Type, weights => new FluxTransformer2DModel(config, weights));
    }

    /// <summary>Opens an autoencoder.</summary>
    internal static LatentCodec Codec(ModelIndex index, PipelineOptions options)
    {
        var folder = index.Component("vae", nameof(AutoencoderKL));
        var config = AutoencoderConfig.Read(ConfigFile.Open(Path.Combine(folder, Config)));
        return new LatentCodec(Build(folder, options, config.TypeBeside(options.Type), weights => new AutoencoderKL(config, weights)));
    }

    private static T Build<T>(string folder, PipelineOptions options, ScalarType type, Func<WeightStore, T> build)
    {
        var weights = WeightStore.Open(folder, type, options.Device);
        try
        {
            return build(weights);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    private static T Keep<T>(Stack<IDisposable> opened, T part)
        where T : IDisposable
    {
        opened.Push(part);
        return part;
    }
}
