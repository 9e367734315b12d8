using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.ControlNets;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Models.UNets;

/// <summary>U-Nets and ControlNets of seeded weights, small enough for tests, with everything that SDXL has.</summary>
internal static class SmallUNets
{
    private const int TextWidth = 12;
    private const int PooledWidth = 8;

    public static UNet2DConditionModel UNet(ScalarType type = ScalarType.Float32, int times = 1, BackboneOptimisations? optimisations = null) =>
        new(UNetConfig.Read(ConfigFile.Parse("config.json", Json(times))), WeightStore.Seeded(5, type, CPU), optimisations);

    /// <summary>Its configuration with some widths.</summary>
    public static UNetConfig Config(string widths = "") => ConfigOf($$"""{ {{widths}} }""");

    public static UNetConfig ConfigOf(string widths) =>
        UNetConfig.Read(ConfigFile.Parse("config.json", Json(1).Replace("\"layers_per_block\": 2", $"\"layers_per_block\": 2, \"_layer_widths\": {widths}", StringComparison.Ordinal)));

    public static ControlNetModel ControlNet(string order = "rgb", string levels = "2", BackboneOptimisations? optimisations = null) => new(
        ControlNetConfig.Read(ConfigFile.Parse("config.json", Json(1).Replace("\"layers_per_block\": 2", $"\"layers_per_block\": {levels}", StringComparison.Ordinal)
            .Replace("UNet2DConditionModel", "ControlNetModel", StringComparison.Ordinal)
            .Replace("{", $$"""{ "controlnet_conditioning_channel_order": "{{order}}", "conditioning_embedding_out_channels": [4, 4, 6, 6],""", StringComparison.Ordinal))),
        WeightStore.Seeded(6, ScalarType.Float32, CPU),
        optimisations);

    /// <summary>Random input; every random tensor belongs to the current scope.</summary>
    public static UNetInput Input(int batch, ScalarType type = ScalarType.Float32, long seed = 1)
    {
        var random = new Generator((ulong)seed);
        Tensor Noise(params long[] shape) => randn(shape, generator: random).to(type);
        return new UNetInput
        {
            Sample = Noise(batch, 4, 6, 7),
            Timestep = tensor(Enumerable.Range(0, batch).Select(static i => 901.5f - (300 * i)).ToArray()),
            Text = Noise(batch, 5, TextWidth),
            AddedCondition = new AddedCondition(Noise(batch, PooledWidth), tensor(Enumerable.Range(0, 6 * batch).Select(static i => 100f * i).ToArray()).reshape(batch, 6)),
        };
    }

    public static UNetInput One(UNetInput input, int member) => input with
    {
        Sample = input.Sample.narrow(0, member, 1),
        Timestep = input.Timestep[member],
        Text = input.Text.narrow(0, member, 1),
        AddedCondition = new AddedCondition(input.AddedCondition!.PooledText.narrow(0, member, 1), input.AddedCondition.TimeIds.narrow(0, member, 1)),
        Residuals = input.Residuals is null ? null : new ControlResiduals(
            [.. input.Residuals.Down.Select(tensor => tensor.narrow(0, member, 1))], input.Residuals.Mid.narrow(0, member, 1)),
    };

    public static Tensor Picture(int batch) => rand([batch, 3, 48, 56], generator: new Generator(3));

    public static double Difference(Tensor got, Tensor want) => got.to(ScalarType.Float64).sub(want.to(ScalarType.Float64)).abs().max().ToDouble();

    private static string Json(int times) => $$"""
        {
          "_class_name": "UNet2DConditionModel",
          "block_out_channels": [{{8 * times}}, {{16 * times}}],
          "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D"],
          "up_block_types": ["CrossAttnUpBlock2D", "UpBlock2D"],
          "layers_per_block": 2,
          "transformer_layers_per_block": [1, 2],
          "attention_head_dim": [2, 4],
          "cross_attention_dim": {{TextWidth}},
          "use_linear_projection": true,
          "norm_num_groups": 4,
          "addition_embed_type": "text_time",
          "addition_time_embed_dim": 4,
          "projection_class_embeddings_input_dim": {{PooledWidth + 24}}
        }
        """;
}
