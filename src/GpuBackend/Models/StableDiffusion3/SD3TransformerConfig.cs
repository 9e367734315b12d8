using System.Text.Json;
using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Models.StableDiffusion3;

/// <summary>The sizes of a transformer of Stable Diffusion 3 or 3.5, as diffusers' <c>SD3Transformer2DModel</c> states them.</summary>
/// <remarks>Source: Esser et al., "Scaling Rectified Flow Transformers for High-Resolution Image Synthesis", 2024.</remarks>
public sealed record SD3TransformerConfig
{
    private const string DualLayers = "dual_attention_layers";

    /// <summary>Attention heads of every block.</summary>
    public required int Heads { get; init; }

    /// <summary>Channels of one head.</summary>
    public required int HeadWidth { get; init; }

    /// <summary>Joint blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Blocks in which image tokens also attend among themselves, by number from 0; empty for Stable Diffusion 3.</summary>
    public required IReadOnlyList<int> DualAttentionLayers { get; init; }

    /// <summary>Whether each head's queries and keys pass a root-mean-square norm, as in Stable Diffusion 3.5.</summary>
    public required bool NormalisesQueriesAndKeys { get; init; }

    /// <summary>Channels of the noisy latents.</summary>
    public required int InChannels { get; init; }

    /// <summary>Channels of the prediction.</summary>
    public required int OutChannels { get; init; }

    /// <summary>Side of the square of latent pixels behind one token.</summary>
    public required int PatchSize { get; init; }

    /// <summary>Side of the stored table of positions, in tokens: the largest image.</summary>
    public required int PositionTableSize { get; init; }

    /// <summary>Channels of one text token's embedding.</summary>
    public required int TextWidth { get; init; }

    /// <summary>Channels of the pooled prompt embedding.</summary>
    public required int PooledWidth { get; init; }

    /// <summary>Channels of the hidden state.</summary>
    public int Width => Heads * HeadWidth;

    /// <summary>Reads a configuration in diffusers' form.</summary>
    /// <param name="config">Its file.</param>
    /// <exception cref="ModelFileException">A value is impossible or not supported; the message lists all faults.</exception>
    public static SD3TransformerConfig Read(ConfigFile config)
    {
        config.Require(config.ClassName is "SD3Transformer2DModel" or "", "_class_name", config.ClassName, "SD3Transformer2DModel");
        config.Inactive("qk_norm", "rms_norm");
        var inputs = config.Whole("in_channels", 16);
        var read = new SD3TransformerConfig
        {
            Heads = config.Whole("num_attention_heads", 18),
            HeadWidth = config.Whole("attention_head_dim", 64),
            Layers = config.Whole("num_layers", 18),
            DualAttentionLayers = Dual(config),
            NormalisesQueriesAndKeys = config.Has("qk_norm"),
            InChannels = inputs,
            OutChannels = config.Whole("out_channels", inputs),
            PatchSize = config.Whole("patch_size", 2),
            PositionTableSize = config.Whole("pos_embed_max_size", 96),
            TextWidth = config.Whole("joint_attention_dim", 4096),
            PooledWidth = config.Whole("pooled_projection_dim", 2048),
        };
        var projected = config.Whole("caption_projection_dim", 1152);
        config.Require(projected == read.Width, "caption_projection_dim", projected, $"the width of the hidden state, num_attention_heads * attention_head_dim = {read.Width}");
        config.Require(read.DualAttentionLayers.All(layer => layer < read.Layers), DualLayers, string.Join(", ", read.DualAttentionLayers), $"numbers below num_layers = {read.Layers}");
        config.ThrowIfFaulty();
        return read;
    }

    private static int[] Dual(ConfigFile config) =>
        config.Find(DualLayers) is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() == 0 ? [] : config.Wholes(DualLayers, [], least: 0);
}
