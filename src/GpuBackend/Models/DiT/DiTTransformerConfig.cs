using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Models.DiT;

/// <summary>The sizes of a class-conditional diffusion transformer, as diffusers' <c>DiTTransformer2DModel</c> states them.</summary>
/// <remarks>Source: Peebles and Xie, "Scalable Diffusion Models with Transformers", 2023.</remarks>
public sealed record DiTTransformerConfig
{
    /// <summary>Attention heads of every block.</summary>
    public required int Heads { get; init; }

    /// <summary>Channels of one head.</summary>
    public required int HeadWidth { get; init; }

    /// <summary>Blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Channels of the noisy latents.</summary>
    public required int InChannels { get; init; }

    /// <summary>Channels of the prediction: twice <see cref="InChannels"/> where the model learns the variance too.</summary>
    public required int OutChannels { get; init; }

    /// <summary>Side of the square of latent pixels behind one token.</summary>
    public required int PatchSize { get; init; }

    /// <summary>Side of the latents that the model was trained on, in latent pixels: the positions' scale.</summary>
    public required int SampleSize { get; init; }

    /// <summary>Classes; the label of this number is the null class of guidance.</summary>
    public required int Classes { get; init; }

    /// <summary>Whether queries, keys and values have a bias.</summary>
    public required bool AttentionBias { get; init; }

    /// <summary>Added to the variance in the norm before the feed-forward network.</summary>
    public required double NormEpsilon { get; init; }

    /// <summary>Channels of the hidden state.</summary>
    public int Width => Heads * HeadWidth;

    /// <summary>Reads a configuration in diffusers' form.</summary>
    /// <param name="config">Its file.</param>
    /// <exception cref="ModelFileException">A value is impossible or not supported; the message lists all faults.</exception>
    public static DiTTransformerConfig Read(ConfigFile config)
    {
        config.Require(config.ClassName is "DiTTransformer2DModel" or "", "_class_name", config.ClassName, "DiTTransformer2DModel");
        config.Inactive("norm_type", "ada_norm_zero");
        config.Inactive("activation_fn", "gelu-approximate");
        config.Inactive("norm_elementwise_affine", "False");
        config.Inactive("upcast_attention", "False");
        var inputs = config.Whole("in_channels", 4);
        var read = new DiTTransformerConfig
        {
            Heads = config.Whole("num_attention_heads", 16),
            HeadWidth = config.Whole("attention_head_dim", 72),
            Layers = config.Whole("num_layers", 28),
            InChannels = inputs,
            OutChannels = config.Whole("out_channels", inputs),
            PatchSize = config.Whole("patch_size", 2),
            SampleSize = config.Whole("sample_size", 32),
            Classes = config.Whole("num_embeds_ada_norm", 1000),
            AttentionBias = config.Flag("attention_bias", true),
            NormEpsilon = config.Number("norm_eps", 1e-5),
        };
        config.Require(read.Width % 4 == 0, "num_attention_heads", read.Heads, "such that heads * attention_head_dim is a multiple of 4: sines and cosines of two coordinates");
        config.Require(read.SampleSize >= read.PatchSize, "sample_size", read.SampleSize, "at least patch_size");
        config.ThrowIfFaulty();
        return read;
    }
}
