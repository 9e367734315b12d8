using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>Sizes of a text-conditioned U-Net: what diffusers keeps in <c>unet/config.json</c>.</summary>
/// <remarks>
/// Options that change the result and are not built are errors; see <see cref="Read"/>. <c>upcast_attention</c> is accepted and has no effect, as in
/// the reference when it runs fused attention, which adds up in float32 anyway. <c>dropout</c> concerns training only.
/// </remarks>
public sealed record UNetConfig
{
    private const string ClassName = "UNet2DConditionModel";

    /// <summary>The half that a ControlNet copies: everything down to the middle block.</summary>
    public required UNetEncoderConfig Encoder { get; init; }

    /// <summary>The levels on the way up, lowest resolution first; each has one layer more than on the way down.</summary>
    public required IReadOnlyList<UNetLevel> UpLevels { get; init; }

    /// <summary>Channels of the prediction.</summary>
    /// <value>4 latent channels.</value>
    public required int OutChannels { get; init; }

    /// <summary>Side of the last convolution's kernel, in latent pixels.</summary>
    /// <value>3.</value>
    public required int OutKernel { get; init; }

    /// <summary>Side of the latents that the model was trained for, or <c>null</c> where the file does not say.</summary>
    public int? SampleSize { get; init; }

    /// <summary>Channels of the sample: 4 latents; inpainting models add a mask and 4 masked-image latents.</summary>
    public int InChannels => Encoder.InChannels;

    /// <summary>Residual blocks and feed-forward networks, whose widths may differ (<see cref="UNetEncoderConfig.Widths"/>), in order of execution.</summary>
    public IReadOnlyList<WidthPart> WidthParts => [.. Encoder.Parts(UpLevels)];

    /// <summary>Reads a configuration.</summary>
    /// <param name="config">The file.</param>
    /// <returns>The sizes, with diffusers' defaults for keys that the file lacks.</returns>
    /// <exception cref="ModelFileException">Values are wrong, or ask for something that is not built; the message lists all of them.</exception>
    public static UNetConfig Read(ConfigFile config)
    {
        ArgumentNullException.ThrowIfNull(config);
        UNetOptions.RequireClass(config, ClassName);
        var encoder = UNetEncoderConfig.Read(config);
        var up = ReadUpLevels(config, encoder);
        var result = new UNetConfig
        {
            Encoder = encoder with { Widths = LayerWidths.Read(config, () => encoder.Parts(up)) },
            UpLevels = up,
            OutChannels = config.Whole("out_channels", 4),
            OutKernel = config.Whole("conv_out_kernel", 3),
            SampleSize = config.Has("sample_size") ? config.Whole("sample_size") : null,
        };
        config.ThrowIfFaulty();
        return result;
    }

    private static UNetLevel[] ReadUpLevels(ConfigFile config, UNetEncoderConfig encoder)
    {
        var count = encoder.Levels.Count;
        var attention = UNetOptions.Attention(
            config, "up_block_types", ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"], count);
        var levels = new UNetLevel[count];
        for (var i = 0; i < count; i++)
        {
            var down = encoder.Levels[count - 1 - i];
            levels[i] = down with { HasAttention = attention[i], Layers = down.Layers + 1 };
            if (attention[i] && !UNetEncoderConfig.UsesHeads(encoder.Levels, count - 1 - i))
            {
                UNetOptions.RequireHeads(config, down);
            }
        }

        return levels;
    }
}
