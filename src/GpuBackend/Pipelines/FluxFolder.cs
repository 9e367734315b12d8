using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Schedulers;
using SimServe.GpuBackend.Tokenizers;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>Trained Flux models as they are served, from folders in diffusers' layout.</summary>
public static class FluxFolder
{
    // Pixels of an image's side: the pipeline's own key, else what diffusers writes of the autoencoder's training, else that of the models which are trained here.
    private const string SizeKey = "_default_size";
    private const string AutoencoderSizeKey = "sample_size";
    private const int DefaultSize = 64;

    /// <summary>Key of model_index.json for <see cref="FluxConfig.CleanContext"/>; diffusers reads past it.</summary>
    internal const string CleanContextKey = "_clean_context";

    // What time steps count noise levels in.
    private const int TrainSteps = 1000;

    /// <summary>Reads a folder's sizes; no weights yet, and no native library is needed.</summary>
    /// <param name="folder">The folder that holds <c>model_index.json</c>; its name becomes the model's.</param>
    /// <returns>The model, computing in float32.</returns>
    /// <exception cref="FileNotFoundException">A folder or file is missing.</exception>
    /// <exception cref="ModelFileException">It is no Flux pipeline, or one that cannot be served; the message says why.</exception>
    public static FluxConfig Read(string folder)
    {
        var index = ModelIndex.Open(folder);
        if (!PipelineFactory.IsFlux(index.ClassName))
        {
            throw new ModelFileException($"{index.Path}: the pipeline is a \"{index.ClassName}\" and none of the Flux family.");
        }

        var vae = index.Config("vae", nameof(AutoencoderKL));
        var autoencoder = AutoencoderConfig.Read(vae);
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var config = new FluxConfig
        {
            Name = Path.GetFileName(path),
            Grid = GridOf(index, vae, autoencoder),
            TextTokens = TextTokensOf(index),
            Transformer = FluxTransformerConfig.Read(index.Config("transformer", nameof(FluxTransformer2DModel))),
            Shift = ShiftOf(index),
            CleanContext = index.Flag(CleanContextKey, false),
            Parts = new FluxParts
            {
                Folder = path,
                Files = ServedFolder.FilesOf(path),
                Autoencoder = autoencoder,
                Clip = ClipTextConfig.Read(index.Config("text_encoder", "CLIPTextModel")),
                T5 = T5EncoderConfig.Read(index.Config("text_encoder_2", nameof(T5EncoderModel))),
            },
        };
        index.Component("tokenizer", "CLIPTokenizer", "CLIPTokenizerFast");
        try
        {
            return config.Validated();
        }
        catch (ArgumentException fault)
        {
            throw new ModelFileException($"'{folder}': {fault.Message}", fault);
        }
    }

    /// <summary>Makes a model: from its folder, or from a seed where it has none.</summary>
    /// <param name="config">Its sizes and type.</param>
    /// <param name="seed">Seed of the weights that come from no folder.</param>
    /// <param name="device">Where it computes; <c>null</c>: on the processor.</param>
    /// <exception cref="FileNotFoundException">A file of its folder is missing.</exception>
    /// <exception cref="ModelFileException">A file of its folder is not sound.</exception>
    public static FluxModel Open(FluxConfig config, long seed, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.Parts is null)
        {
            return new FluxModel(config, seed, device);
        }

        Native.LibTorch.Load();
        var options = new PipelineOptions { Type = config.Type, Device = FluxModel.Numbered(device ?? CPU) };
        return PipelineFactory.AllOrNothing(opened =>
        {
            var (text, transformer, codec) = PipelineFactory.FluxParts(ModelIndex.Open(config.Parts.Folder), options, opened);
            return new FluxModel(config, transformer, new AutoencoderLatents(codec, config.Grid), new FluxPromptEncoder(text));
        });
    }

    private static TokenGrid GridOf(ModelIndex index, ConfigFile vae, AutoencoderConfig autoencoder)
    {
        var (stated, token) = (index.Whole(SizeKey, 0), autoencoder.Downscale * FluxPacking.Side);
        var (file, key, size) = stated > 0 ? (index.Path, SizeKey, stated) : (vae.Path, AutoencoderSizeKey, vae.Whole(AutoencoderSizeKey, DefaultSize));
        index.ThrowIfFaulty();
        vae.ThrowIfFaulty();
        return size >= token && size % token == 0
            ? new TokenGrid(size / token, size / token, token)
            : throw new ModelFileException($"{file}: \"{key}\" is {size}; it must be a multiple of {token}, the pixels of a token's side.");
    }

    private static int TextTokensOf(ModelIndex index)
    {
        var folder = index.Component("tokenizer_2", "T5Tokenizer", "T5TokenizerFast");
        var length = TokenizerFactory.Open(folder).MaxLength;
        return length < int.MaxValue
            ? length
            : throw new ModelFileException($"'{Path.Combine(folder, TokenizerSettings.FileName)}' has no \"model_max_length\": a served model needs to know its text tokens, 512 in FLUX.1.");
    }

    private static double ShiftOf(ModelIndex index)
    {
        var file = ConfigFile.Open(Path.Combine(index.Component("scheduler", FlowMatchEulerOptions.ClassName), "scheduler_config.json"));
        file.Require(file.ClassName is "" or FlowMatchEulerOptions.ClassName, "_class_name", file.ClassName, FlowMatchEulerOptions.ClassName);
        var options = FlowMatchEulerOptions.Read(file);
        file.Require(options.Dynamic is null, "use_dynamic_shifting", true, "false in a served model: its noise levels are fixed, shifted by \"shift\" alone, so that all edits share the templates' recordings");
        file.Require(options.Terminal is null, "shift_terminal", options.Terminal ?? 0, "not set in a served model");
        file.Require(options.TrainSteps == TrainSteps, "num_train_timesteps", options.TrainSteps, $"{TrainSteps} in a served model");
        file.ThrowIfFaulty();
        return options.StaticShift;
    }
}
