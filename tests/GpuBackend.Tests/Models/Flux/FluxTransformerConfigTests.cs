using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Models.Published;
using SimServe.GpuBackend.Weights;

namespace SimServe.GpuBackend.Tests.Models.Flux;

public sealed class FluxTransformerConfigTests
{
    [TestCase("flux-dev-transformer", 11_901.41)]
    [TestCase("flux-schnell-transformer", 11_891.18)]
    public void A_published_model_has_its_published_number_of_parameters(string name, double millions)
    {
        using var model = new FluxTransformer2DModel(FluxTransformerConfig.Read(PublishedConfigs.Read(name)), WeightStore.Counted());
        Assert.That(model.Weights.ParameterCount / 1e6, Is.EqualTo(millions).Within(0.005));
    }

    [Test]
    public void An_empty_file_is_the_reference_classes_default() =>
        Assert.That(Read("{}"), Is.EqualTo(FluxTransformerConfig.Read(PublishedConfigs.Read("flux-schnell-transformer"))));

    [Test]
    public void Output_channels_are_the_input_channels_unless_given()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Read("""{"in_channels": 384, "out_channels": null}""").OutChannels, Is.EqualTo(384));
            Assert.That(Read("""{"in_channels": 384, "out_channels": 64}""").OutChannels, Is.EqualTo(64));
        }
    }

    [Test]
    public void Every_fault_is_listed_at_once() => Assert.That(
        () => Read("""{"_class_name": "UNet2DConditionModel", "patch_size": 2, "num_layers": -1, "attention_head_dim": 18, "axes_dims_rope": [4, 5, 9]}"""),
        Throws.TypeOf<ModelFileException>().With.Message.Contains("\"_class_name\" is UNet2DConditionModel").And.Message.Contains("\"patch_size\" is 2")
            .And.Message.Contains("\"num_layers\" is -1").And.Message.Contains("\"axes_dims_rope\" is [4, 5, 9]")
            .And.Message.Contains("attention_head_dim = 18"));

    [TestCase("""{"num_attention_heads": 2000000000, "attention_head_dim": 128}""", "num_attention_heads")]
    [TestCase("""{"axes_dims_rope": [2147483646, 2147483646, 2]}""", "axes_dims_rope")]
    [TestCase("""{"axes_dims_rope": [64, 64]}""", "axes_dims_rope")]
    [TestCase("""{"axes_dims_rope": [16, 56, 56, 0]}""", "axes_dims_rope")]
    public void Sizes_that_overflow_or_do_not_fit_are_faults_not_crashes(string json, string key) =>
        Assert.That(() => Read(json), Throws.TypeOf<ModelFileException>().With.Message.Contains(key));

    [Test]
    public void A_configuration_made_in_code_is_checked_by_the_model()
    {
        using var weights = WeightStore.Counted();
        var broken = Small.Config.Transformer with { Heads = 0, RotaryAxes = new RotaryAxes(4, 6, 5) };
        Assert.That(
            () => new FluxTransformer2DModel(broken, weights),
            Throws.ArgumentException.With.Message.Contains("Heads is 0").And.Message.Contains("RotaryAxes is [4, 6, 5]"));
    }

    private static FluxTransformerConfig Read(string json) => FluxTransformerConfig.Read(ConfigFile.Parse("config.json", json));
}
