using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Masking.Denoisers;
using SimServe.GpuBackend.Masking.Denoisers.Transformers;
using SimServe.GpuBackend.Masking.Denoisers.UNets;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.DiT;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Models.StableDiffusion3;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Tests.Models.UNets;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Masking.Denoisers;

/// <summary>Every family in every way that it reuses templates.</summary>
internal static class DenoiserCases
{
    public static readonly DenoiserCase UNet = new()
    {
        Name = "UNet",
        Open = static () => new MaskedUNet(SmallUNets.UNet()),
        Condition = static prompt =>
        {
            var random = new Generator((ulong)(500 + prompt), CPU);
            return new DenoiserCondition
            {
                Text = randn([1, 5, 12], generator: random).DetachFromDisposeScope(),
                Pooled = randn([1, 8], generator: random).DetachFromDisposeScope(),
                TimeIds = tensor(new float[] { 96, 80, 0, 0, 96, 80 }).unsqueeze(0).DetachFromDisposeScope(),
            };
        },
        // An odd side, and tiles that reach beyond the border.
        Latents = [1, 4, 11, 10],
    };

    public const string DeepUNetConfig =
        """
        {
          "_class_name": "UNet2DConditionModel", "block_out_channels": [8, 8, 16, 16], "attention_head_dim": 2, "cross_attention_dim": 12, "norm_num_groups": 4,
          "transformer_layers_per_block": [1, 3, 2, 2], "layers_per_block": [1, 2, 1, 1]
        }
        """;

    /// <summary>Transformers at four levels, of one to three blocks. Norms over maps of 2x2 make so much of what float32 rounds that the tolerances for all families are too narrow for it.</summary>
    public static readonly DenoiserCase DeepUNet = UNet with
    {
        Name = "UNet of four levels",
        Open = static () => new MaskedUNet(new UNet2DConditionModel(
            UNetConfig.Read(ConfigFile.Parse("config.json", DeepUNetConfig)), WeightStore.Seeded(5, ScalarType.Float32, CPU))),
    };

    // Three joint blocks, one of them with a second attention over the image.
    public const string SD3Config =
        """
        {"num_layers": 3, "num_attention_heads": 2, "attention_head_dim": 8, "in_channels": 4, "out_channels": 4, "joint_attention_dim": 12,
         "caption_projection_dim": 16, "pooled_projection_dim": 8, "pos_embed_max_size": 8, "dual_attention_layers": [1], "qk_norm": "rms_norm"}
        """;

    public const string DiTConfig =
        """{"num_layers": 3, "num_attention_heads": 2, "attention_head_dim": 8, "out_channels": 8, "sample_size": 8, "num_embeds_ada_norm": 9}""";

    public static readonly DenoiserCase SD3 = new()
    {
        Name = "SD3",
        Open = static () => new MaskedSD3(new SD3Transformer2DModel(
            SD3TransformerConfig.Read(ConfigFile.Parse("config.json", SD3Config)),
            WeightStore.Seeded(5, ScalarType.Float32, CPU))),
        Condition = UNet.Condition,
        Latents = [1, 4, 12, 10],
        FlowMatching = true,
    };

    public static readonly DenoiserCase DiT = new()
    {
        Name = "DiT",
        Open = static () => new MaskedDiT(new DiTTransformer2DModel(
            DiTTransformerConfig.Read(ConfigFile.Parse("config.json", DiTConfig)),
            WeightStore.Seeded(5, ScalarType.Float32, CPU))),
        Condition = static prompt => new DenoiserCondition { Label = prompt == 0 ? 9 : prompt % 9 },
        Latents = [1, 4, 12, 10],
    };

    public static readonly DenoiserCase Flux = new()
    {
        Name = "Flux",
        Open = static () => new MaskedFlux(new FluxTransformer2DModel(
            Small.Config.Transformer with { InChannels = 8, OutChannels = 8, GuidanceEmbeds = true }, WeightStore.Seeded(5, ScalarType.Float32, CPU))),
        Condition = static prompt =>
        {
            var random = new Generator((ulong)(500 + prompt), CPU);
            return new DenoiserCondition
            {
                Text = randn([1, 5, 24], generator: random).DetachFromDisposeScope(),
                Pooled = randn([1, 20], generator: random).DetachFromDisposeScope(),
                Guidance = 3 + prompt,
            };
        },
        Latents = [1, 8, 6, 5],
        FlowMatching = true,
    };

    private static readonly RecordingOptions WithMaps = new(Maps: true);

    private static readonly ReuseModes OnTiles = new() { TileSide = 4 };

    // Options only change how layers are computed: every invariant must hold with all of them.
    private static readonly DenoiserCase[] Optimised =
    [
        .. new[]
        {
            UNet,
            UNet with { Recording = new RecordingOptions(ReuseVariant.KeysAndValues) },
            UNet with { Recording = WithMaps, Modes = OnTiles },
        }.Select(static (plain, i) => plain with { Name = $"optimised {plain.Name} {i}", Open = static () => new MaskedUNet(SmallUNets.UNet(optimisations: BackboneOptimisations.All)) }),
    ];

    public static IEnumerable<DenoiserCase> All =>
    [
        UNet,
        UNet with { Name = "UNet, KV", Recording = new RecordingOptions(ReuseVariant.KeysAndValues) },
        UNet with { Name = "UNet, tiles", Recording = WithMaps, Modes = OnTiles },
        UNet with { Name = "UNet, KV, tiles of 3", Recording = new RecordingOptions(ReuseVariant.KeysAndValues, Maps: true), Modes = new ReuseModes { TileSide = 3 } },
        .. Optimised,
        SD3,
        SD3 with { Name = "SD3, KV", Recording = new RecordingOptions(ReuseVariant.KeysAndValues) },
        Flux,
        DiT,
        DiT with { Name = "DiT, KV", Recording = new RecordingOptions(ReuseVariant.KeysAndValues) },
    ];
}
