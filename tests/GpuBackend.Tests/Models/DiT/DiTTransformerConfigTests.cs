using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.DiT;

namespace SimServe.GpuBackend.Tests.Models.DiT;

public sealed class DiTTransformerConfigTests
{
    [Test]
    public void Missing_keys_have_the_reference_s_defaults()
    {
        var config = DiTTransformerConfig.Read(ConfigFile.Parse("config.json", """{"out_channels": null}"""));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((config.Heads, config.HeadWidth, config.Width, config.Layers), Is.EqualTo((16, 72, 1152, 28)));
            Assert.That((config.InChannels, config.OutChannels, config.PatchSize, config.SampleSize), Is.EqualTo((4, 4, 2, 32)));
            Assert.That((config.Classes, config.AttentionBias, config.NormEpsilon), Is.EqualTo((1000, true, 1e-5)));
        }
    }

    [TestCase("norm_type", "\"ada_norm_single\"")]
    [TestCase("activation_fn", "\"geglu\"")]
    [TestCase("norm_elementwise_affine", "true")]
    [TestCase("upcast_attention", "true")]
    [TestCase("attention_head_dim", "7")]
    [TestCase("sample_size", "1")]
    [TestCase("_class_name", "\"UNet2DConditionModel\"")]
    public void Options_that_are_not_supported_are_refused_by_name(string key, string value) => Assert.That(
        () => DiTTransformerConfig.Read(ConfigFile.Parse("config.json", $$"""{"{{key}}": {{value}}, "num_attention_heads": 3}""")),
        Throws.TypeOf<ModelFileException>().With.Message.Contains(key));
}
