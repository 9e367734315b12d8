using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.TextEncoders;

namespace SimServe.GpuBackend.Tests.Models.TextEncoders;

public sealed class T5EncoderConfigTests
{
    [Test]
    public void Missing_keys_have_the_reference_s_defaults()
    {
        var config = Read("{}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((config.Vocabulary, config.Width, config.HeadWidth, config.Heads), Is.EqualTo((32128, 512, 64, 8)));
            Assert.That((config.FeedForwardWidth, config.Layers, config.Gated), Is.EqualTo((2048, 6, false)));
            Assert.That((config.Buckets, config.MaxDistance, config.NormEpsilon), Is.EqualTo((32, 128, 1e-6)));
        }
    }

    [TestCase("architectures", """["T5ForConditionalGeneration"]""")]
    [TestCase("feed_forward_proj", "\"gated-silu\"")]
    [TestCase("relative_attention_num_buckets", "6")]
    [TestCase("relative_attention_max_distance", "8")]
    [TestCase("layer_norm_epsilon", "0")]
    [TestCase("d_model", "0")]
    public void Options_that_are_not_supported_are_refused_by_name(string key, string value) => Assert.That(
        () => Read($$"""{"{{key}}": {{value}}}"""), Throws.TypeOf<ModelFileException>().With.Message.Contains(key));

    private static T5EncoderConfig Read(string json) => T5EncoderConfig.Read(ConfigFile.Parse("config.json", json));
}
