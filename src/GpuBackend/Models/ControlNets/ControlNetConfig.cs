using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.UNets;

namespace SimServe.GpuBackend.Models.ControlNets;

/// <summary>Sizes of a ControlNet: what diffusers keeps in <c>controlnet/config.json</c>.</summary>
public sealed record ControlNetConfig
{
    private const string ClassName = "ControlNetModel";

    /// <summary>The copied half of the U-Net.</summary>
    public required UNetEncoderConfig Encoder { get; init; }

    /// <summary>Channels of the conditioning picture.</summary>
    /// <value>3.</value>
    public required int ConditioningChannels { get; init; }

    /// <summary>Channels of the picture's embedding at each resolution, full resolution first; each step halves it.</summary>
    /// <value>16, 32, 96, 256: the last at an eighth, where latents are.</value>
    public required IReadOnlyList<int> EmbeddingChannels { get; init; }

    /// <summary>Whether the model was trained on pictures with blue first; pictures are always given with red first.</summary>
    public required bool BlueFirst { get; init; }

    /// <summary>Reads a configuration.</summary>
    /// <param name="config">The file.</param>
    /// <returns>The sizes, with diffusers' defaults for keys that the file lacks.</returns>
    /// <exception cref="ModelFileException">Values are wrong, or ask for something that is not built; the message lists all of them.</exception>
    public static ControlNetConfig Read(ConfigFile config)
    {
        ArgumentNullException.ThrowIfNull(config);
        UNetOptions.RequireClass(config, ClassName);
        var result = new ControlNetConfig
        {
            Encoder = UNetEncoderConfig.Read(config),
            ConditioningChannels = config.Whole("conditioning_channels", 3),
            EmbeddingChannels = config.Wholes("conditioning_embedding_out_channels", [16, 32, 96, 256]),
            BlueFirst = config.Choice("controlnet_conditioning_channel_order", "rgb", "rgb", "bgr") == "bgr",
        };
        config.ThrowIfFaulty();
        return result;
    }
}
