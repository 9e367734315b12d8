using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.TextEncoders;

namespace SimServe.GpuBackend.Tests.Models.TextEncoders;

public sealed class ClipTextConfigTests
{
    [Test]
    public void Missing_keys_have_the_reference_s_defaults()
    {
        var config = Read("{}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((config.Vocabulary, config.Width, config.FeedForwardWidth, config.Layers, config.Heads), Is.EqualTo((49408, 512, 2048, 12, 8)));
            Assert.That((config.Positions, config.QuickGelu, config.NormEpsilon, config.EndToken), Is.EqualTo((77, true, 1e-5, 49407)));
            Assert.That(config.ProjectionWidth, Is.Null);
        }
    }

    [Test]
    public void Only_the_class_with_projection_has_one() => Assert.That(
        Read("""{"architectures": ["CLIPTextModelWithProjection"], "projection_dim": 640}""").ProjectionWidth, Is.EqualTo(640));

    [Test]
    public void All_faults_are_told_at_once() => Assert.That(
        () => Read("""{"architectures": ["BertModel"], "hidden_act": "silu", "num_attention_heads": 3, "hidden_size": 8, "layer_norm_eps": 0}"""),
        Throws.TypeOf<ModelFileException>().With.Message.Contains("BertModel").And.Message.Contains("hidden_act")
            .And.Message.Contains("a divisor of hidden_size 8").And.Message.Contains("layer_norm_eps"));

    private static ClipTextConfig Read(string json) => ClipTextConfig.Read(ConfigFile.Parse("config.json", json));
}
