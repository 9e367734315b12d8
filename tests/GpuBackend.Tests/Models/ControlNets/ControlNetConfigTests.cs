using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.ControlNets;

namespace SimServe.GpuBackend.Tests.Models.ControlNets;

public sealed class ControlNetConfigTests
{
    [Test]
    public void Read_fills_missing_keys_with_the_reference_implementation_s_defaults()
    {
        var config = Read("{}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(config.EmbeddingChannels, Is.EqualTo(new[] { 16, 32, 96, 256 }));
            Assert.That((config.ConditioningChannels, config.BlueFirst, config.Encoder.TextWidth), Is.EqualTo((3, false, 1280)));
        }
    }

    [TestCase("_class_name", "\"UNet2DConditionModel\"")]
    [TestCase("controlnet_conditioning_channel_order", "\"grb\"")]
    [TestCase("global_pool_conditions", "true")]
    [TestCase("mid_block_type", "\"UNetMidBlock2D\"")]
    [TestCase("class_embed_type", "\"projection\"")]
    [TestCase("conditioning_embedding_out_channels", "16")]
    public void Read_refuses_what_it_cannot_honour_and_names_key_and_file(string key, string value) => Assert.That(
        () => Read($$"""{ "{{key}}": {{value}} }"""),
        Throws.TypeOf<ModelFileException>().With.Message.Contains($"\"{key}\"").And.Message.StartsWith("folder/config.json"));

    private static ControlNetConfig Read(string json) => ControlNetConfig.Read(ConfigFile.Parse("folder/config.json", json));
}
