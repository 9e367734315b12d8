using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Published;
using SimServe.GpuBackend.Models.UNets;

namespace SimServe.GpuBackend.Tests.Models.UNets;

public sealed class UNetConfigTests
{
    [Test]
    public void Read_gives_every_level_its_own_numbers_and_reverses_them_on_the_way_up()
    {
        var config = UNetConfig.Read(PublishedConfigs.Read("sdxl-unet"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                config.Encoder.Levels,
                Is.EqualTo(new UNetLevel[] { new(320, 2, false, 5, 1), new(640, 2, true, 10, 2), new(1280, 2, true, 20, 10) }));
            Assert.That(
                config.UpLevels,
                Is.EqualTo(new UNetLevel[] { new(1280, 3, true, 20, 10), new(640, 3, true, 10, 2), new(320, 3, false, 5, 1) }));
            Assert.That(config.Encoder.SkipChannels, Is.EqualTo(new[] { 320, 320, 320, 320, 640, 640, 640, 1280, 1280 }));
            Assert.That((config.Encoder.TimeWidth, config.Encoder.Added), Is.EqualTo((1280, new AddedConditionConfig(2816, 256))));
            Assert.That((config.InChannels, config.SampleSize), Is.EqualTo((4, 128)));
        }
    }

    [Test]
    public void Read_fills_missing_keys_with_the_reference_implementation_s_defaults()
    {
        var config = Read("{}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(config.Encoder.Levels.Select(static level => level.Channels), Is.EqualTo(new[] { 320, 640, 1280, 1280 }));
            Assert.That(config.Encoder.Levels.Select(static level => level.HasAttention), Is.EqualTo(new[] { true, true, true, false }));
            Assert.That(config.UpLevels.Select(static level => level.HasAttention), Is.EqualTo(new[] { false, true, true, true }));
            Assert.That(config.Encoder.Levels.Select(static level => (level.Heads, level.Layers, level.TransformerLayers)), Is.All.EqualTo((8, 2, 1)));
            Assert.That((config.Encoder.TextWidth, config.Encoder.NormGroups, config.Encoder.NormEpsilon), Is.EqualTo((1280, 32, 1e-5)));
            Assert.That((config.InChannels, config.OutChannels, config.Encoder.InKernel, config.OutKernel), Is.EqualTo((4, 4, 3, 3)));
            Assert.That((config.Encoder.CosineFirst, config.Encoder.FrequencyShift, config.Encoder.LinearProjection), Is.EqualTo((true, 0, false)));
            Assert.That((config.Encoder.Added, config.SampleSize), Is.EqualTo(((AddedConditionConfig?)null, (int?)null)));
        }
    }

    [TestCase("""{ "attention_head_dim": 5, "num_attention_heads": 10 }""", 10)]
    [TestCase("""{ "attention_head_dim": 5, "num_attention_heads": null }""", 5)]
    public void Read_takes_attention_head_dim_for_the_number_of_heads_unless_that_is_given(string json, int heads) =>
        Assert.That(Read(json).Encoder.Levels[0].Heads, Is.EqualTo(heads));

    [TestCase("upcast_attention", "true")]
    [TestCase("dropout", "0.1")]
    [TestCase("addition_embed_type_num_heads", "32")]
    [TestCase("act_fn", "\"swish\"")]
    [TestCase("mid_block_scale_factor", "1.0")]
    public void Read_accepts_what_does_not_change_the_result(string key, string value) =>
        Assert.That(() => Read($$"""{ "{{key}}": {{value}} }"""), Throws.Nothing);

    [TestCase("_class_name", "\"UNet2DModel\"")]
    [TestCase("act_fn", "\"gelu\"")]
    [TestCase("addition_embed_type", "\"text\"")]
    [TestCase("attention_head_dim", "7")]
    [TestCase("attention_head_dim", "[5, 10, 20]")]
    [TestCase("attention_type", "\"gated\"")]
    [TestCase("block_out_channels", "[320, 640, 1280, 1281]", "norm_num_groups")]
    [TestCase("block_out_channels", "[320, 640]", "down_block_types")]
    [TestCase("block_out_channels", "[]")]
    [TestCase("center_input_sample", "true")]
    [TestCase("class_embed_type", "\"timestep\"")]
    [TestCase("class_embeddings_concat", "true")]
    [TestCase("cross_attention_dim", "[768, 768, 1024, 1024]")]
    [TestCase("cross_attention_norm", "\"layer_norm\"")]
    [TestCase("down_block_types", "[\"AttnDownBlock2D\", \"DownBlock2D\", \"DownBlock2D\", \"DownBlock2D\"]")]
    [TestCase("downsample_padding", "0")]
    [TestCase("dual_cross_attention", "true")]
    [TestCase("encoder_hid_dim", "4096")]
    [TestCase("encoder_hid_dim_type", "\"text_proj\"")]
    [TestCase("layers_per_block", "[2, 2]")]
    [TestCase("mid_block_only_cross_attention", "true")]
    [TestCase("mid_block_scale_factor", "1.4")]
    [TestCase("mid_block_type", "\"UNetMidBlock2DSimpleCrossAttn\"")]
    [TestCase("num_class_embeds", "1000")]
    [TestCase("only_cross_attention", "true")]
    [TestCase("only_cross_attention", "[true, true, true, false]")]
    [TestCase("resnet_out_scale_factor", "0.5")]
    [TestCase("resnet_skip_time_act", "true")]
    [TestCase("resnet_time_scale_shift", "\"scale_shift\"")]
    [TestCase("reverse_transformer_layers_per_block", "[1, 1, 1, 1]")]
    [TestCase("sample_size", "\"big\"")]
    [TestCase("time_cond_proj_dim", "256")]
    [TestCase("time_embedding_act_fn", "\"silu\"")]
    [TestCase("time_embedding_type", "\"fourier\"")]
    [TestCase("timestep_post_act", "\"silu\"")]
    [TestCase("transformer_layers_per_block", "[[1, 1], [1, 1], 1, 1]")]
    [TestCase("up_block_types", "[\"UpBlock2D\", \"UpBlock2D\", \"UpBlock2D\", \"SkipUpBlock2D\"]")]
    [TestCase("up_block_types", "[\"UpBlock2D\"]")]
    public void Read_refuses_what_it_cannot_honour_and_names_key_and_file(string key, string value, string? named = null) => Assert.That(
        () => Read($$"""{ "{{key}}": {{value}} }"""),
        Throws.TypeOf<ModelFileException>().With.Message.Contains($"\"{named ?? key}\"").And.Message.StartsWith("folder/config.json"));

    [Test]
    public void Read_needs_the_widths_of_an_added_condition() => Assert.That(
        () => Read("""{ "addition_embed_type": "text_time" }"""),
        Throws.TypeOf<ModelFileException>().With.Message.Contains("\"addition_time_embed_dim\" is missing")
            .And.Message.Contains("\"projection_class_embeddings_input_dim\" is missing"));

    [Test]
    public void Read_checks_heads_where_only_the_way_up_attends() => Assert.That(
        () => Read("""{ "block_out_channels": [32, 64], "down_block_types": ["DownBlock2D", "DownBlock2D"], "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D"], "attention_head_dim": [3, 4] }"""),
        Throws.TypeOf<ModelFileException>().With.Message.Contains("\"attention_head_dim\" is 3"));

    private static UNetConfig Read(string json) => UNetConfig.Read(ConfigFile.Parse("folder/config.json", json));
}
