using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.StableDiffusion3;

namespace SimServe.GpuBackend.Tests.Models.StableDiffusion3;

public sealed class SD3TransformerConfigTests
{
    [Test]
    public void Missing_keys_have_the_reference_s_defaults()
    {
        var config = SD3TransformerConfig.Read(ConfigFile.Parse("config.json", "{}"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((config.Heads, config.HeadWidth, config.Width, config.Layers), Is.EqualTo((18, 64, 1152, 18)));
            Assert.That((config.InChannels, config.OutChannels, config.PatchSize, config.PositionTableSize), Is.EqualTo((16, 16, 2, 96)));
            Assert.That((config.TextWidth, config.PooledWidth), Is.EqualTo((4096, 2048)));
            Assert.That(config.DualAttentionLayers, Is.Empty);
            Assert.That(config.NormalisesQueriesAndKeys, Is.False);
        }
    }

    [Test]
    public void Every_value_that_is_not_supported_is_named_in_one_message() => Assert.That(
        () => SD3TransformerConfig.Read(ConfigFile.Parse(
            "some/config.json",
            """{"_class_name": "FluxTransformer2DModel", "qk_norm": "layer_norm", "caption_projection_dim": 7, "num_layers": 2, "dual_attention_layers": [0, 2], "patch_size": 0}""")),
        Throws.TypeOf<ModelFileException>().With.Message.Contains("some/config.json has 5 faults")
            .And.Message.Contains("\"_class_name\" is FluxTransformer2DModel").And.Message.Contains("\"qk_norm\" is layer_norm")
            .And.Message.Contains("\"caption_projection_dim\" is 7; it must be the width of the hidden state, num_attention_heads * attention_head_dim = 1152")
            .And.Message.Contains("\"dual_attention_layers\" is 0, 2; it must be numbers below num_layers = 2").And.Message.Contains("\"patch_size\" is 0"));
}
