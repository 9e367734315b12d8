using SimServe.GpuBackend.ModelFiles;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Autoencoders;

/// <summary>Sizes and scales of an <see cref="AutoencoderKL"/>.</summary>
/// <remarks>Keys and defaults are those of diffusers' <c>AutoencoderKL</c>. What would change the result and is not built here is refused, never ignored.</remarks>
public sealed record AutoencoderConfig
{
    /// <summary>Channels of an image given to the encoder: 3.</summary>
    public required int InputChannels { get; init; }

    /// <summary>Channels of a decoded image: 3.</summary>
    public required int OutputChannels { get; init; }

    /// <summary>Channels of a latent: 4 (Stable Diffusion) or 16 (SD3, Flux).</summary>
    public required int LatentChannels { get; init; }

    /// <summary>Channels of each level, finest first; each level after the first has half the pixels a side.</summary>
    public required IReadOnlyList<int> LevelChannels { get; init; }

    /// <summary>Residual blocks in a level of the encoder; the decoder has one more.</summary>
    public required int BlocksPerLevel { get; init; }

    /// <summary>Groups of every group norm; divides all channels.</summary>
    public required int NormGroups { get; init; }

    /// <summary>Whether the middle of encoder and decoder attends over all positions.</summary>
    public required bool MiddleAttention { get; init; }

    /// <summary>Whether a 1x1 convolution follows the encoder; true for Stable Diffusion, false for SD3 and Flux.</summary>
    public required bool QuantConvolution { get; init; }

    /// <summary>Whether a 1x1 convolution precedes the decoder.</summary>
    public required bool PostQuantConvolution { get; init; }

    /// <summary>A diffusion model sees <c>(latent - ShiftFactor) * ScalingFactor</c>. Not applied by the autoencoder itself.</summary>
    /// <value>0.18215 where the file has none, as for Stable Diffusion 1 and 2.</value>
    public required double ScalingFactor { get; init; }

    /// <summary>See <see cref="ScalingFactor"/>.</summary>
    /// <value>0 where the file has none.</value>
    public required double ShiftFactor { get; init; }

    /// <summary>Whether float16 overflows in this model: decode in bfloat16 or float32 then.</summary>
    /// <value>True where the file has no word on it. SDXL's weights overflow.</value>
    public required bool ForceUpcast { get; init; }

    /// <summary>The type that it computes in beside a denoiser of another: some overflow float16.</summary>
    /// <param name="type">The denoiser's.</param>
    public ScalarType TypeBeside(ScalarType type) => ForceUpcast && type == ScalarType.Float16 ? ScalarType.Float32 : type;

    /// <summary>What decoding one image holds at its widest, bytes: about 6 tensors of the finest level, whose input still has the channels of the one below.</summary>
    /// <param name="width">Width of the image, pixels.</param>
    /// <param name="height">Height of the image, pixels.</param>
    /// <param name="type">The denoiser's type.</param>
    internal long DecodingBytes(int width, int height, ScalarType type) =>
        6L * width * height * LevelChannels.Take(2).Max() * SafetensorsTypes.Size(TypeBeside(type));

    /// <summary>Pixels a side for one position of the latent: 8 with four levels.</summary>
    public int Downscale => 1 << (LevelChannels.Count - 1);

    /// <summary>Reads diffusers' <c>config.json</c>.</summary>
    /// <param name="config">The file.</param>
    /// <exception cref="ModelFileException">Values are missing, contradict one another, or ask for what is not supported; the message lists all of them.</exception>
    public static AutoencoderConfig Read(ConfigFile config)
    {
        ArgumentNullException.ThrowIfNull(config);
        CheckSupport(config);
        var read = new AutoencoderConfig
        {
            InputChannels = config.Whole("in_channels", 3),
            OutputChannels = config.Whole("out_channels", 3),
            LatentChannels = config.Whole("latent_channels", 4),
            LevelChannels = config.Wholes("block_out_channels", [64]),
            BlocksPerLevel = config.Whole("layers_per_block", 1),
            NormGroups = config.Whole("norm_num_groups", 32),
            MiddleAttention = config.Flag("mid_block_add_attention", true),
            QuantConvolution = config.Flag("use_quant_conv", true),
            PostQuantConvolution = config.Flag("use_post_quant_conv", true),
            ScalingFactor = config.Number("scaling_factor", 0.18215),
            ShiftFactor = config.Number("shift_factor", 0),
            ForceUpcast = config.Flag("force_upcast", true),
        };
        read.CheckLevels(config);
        config.ThrowIfFaulty();
        return read;
    }

    private static void CheckSupport(ConfigFile config)
    {
        config.Require(config.ClassName is "" or nameof(AutoencoderKL), "_class_name", config.ClassName, nameof(AutoencoderKL));
        config.Choice("act_fn", "silu", "silu", "swish");
        // Pipelines would standardise each channel by these instead of the scaling factor alone.
        config.Inactive("latents_mean");
        config.Inactive("latents_std");
    }

    private void CheckLevels(ConfigFile config)
    {
        const int MostLevels = 16;
        config.Require(LevelChannels.Count <= MostLevels, "block_out_channels", $"{LevelChannels.Count} numbers", $"at most {MostLevels}");
        config.Require(LevelChannels.All(channels => channels % NormGroups == 0), "norm_num_groups", NormGroups, $"a divisor of block_out_channels {string.Join(", ", LevelChannels)}");
        config.Require(ScalingFactor > 0, "scaling_factor", ScalingFactor, "more than 0");
        CheckTypes(config, "down_block_types", "DownEncoderBlock2D");
        CheckTypes(config, "up_block_types", "UpDecoderBlock2D");
    }

    private void CheckTypes(ConfigFile config, string key, string supported)
    {
        var types = config.Texts(key, [supported]);
        var allowed = $"\"{supported}\" for each of the {LevelChannels.Count} block_out_channels";
        config.Require(types.Length == LevelChannels.Count && types.All(type => type == supported), key, string.Join(", ", types), allowed);
    }
}
