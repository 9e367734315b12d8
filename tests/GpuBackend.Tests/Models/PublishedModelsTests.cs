using SimServe.GpuBackend.Models;
using SimServe.GpuBackend.Models.Published;
using SimServe.Policies;

namespace SimServe.GpuBackend.Tests.Models;

/// <summary>The sizes and operations of published models, against the numbers worked out for them in the survey of engines.</summary>
public sealed class PublishedModelsTests
{
    [TestCase("sd15", 512, 859.52, 0.803, 15.7, 29.0)]
    [TestCase("sd15", 768, 859.52, 2.148, 29.2, 24.3)]
    [TestCase("sd21", 512, 865.91, 0.804, 15.7, 32.3)]
    [TestCase("sd21", 768, 865.91, 2.149, 29.2, 27.0)]
    [TestCase("sdxl", 512, 2567.46, 1.589, 3.5, 71.0)]
    [TestCase("sdxl", 768, 2567.46, 3.641, 7.0, 67.9)]
    [TestCase("sdxl", 1024, 2567.46, 6.761, 11.6, 64.4)]
    [TestCase("flux-dev", 512, 11901.41, 21.50, 7.7, 92.3)]
    [TestCase("flux-dev", 1024, 11901.41, 74.39, 20.0, 80.0)]
    [TestCase("flux-dev", 2048, 11901.41, 418.1, 47.8, 52.2)]
    [TestCase("flux-schnell", 1024, 11891.18, 69.47, 19.1, 80.9)]
    [TestCase("sd3-medium", 512, 2028.33, 2.107, 12.9, 87.1)]
    [TestCase("sd3-medium", 1024, 2028.33, 8.904, 32.5, 67.5)]
    [TestCase("sd35-medium", 1024, 2243.16, 11.25, 37.6, 62.4)]
    [TestCase("sd35-large", 1024, 8056.62, 31.12, 23.3, 76.7)]
    public void A_forward_pass_has_the_published_operations(string name, int side, double millions, double teraflops, double attention, double linear)
    {
        var shape = PublishedModels.Find(name).ToShape(side, side);
        var work = shape.ForwardWork;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(shape.Parameters / 1e6, Is.EqualTo(millions).Within(0.01).Percent);
            Assert.That(work.Flops / 1e12, Is.EqualTo(teraflops).Within(1).Percent);
            Assert.That(100.0 * work.AttentionFlops / work.Flops, Is.EqualTo(attention).Within(1));
            Assert.That(100.0 * work.LinearFlops / work.Flops, Is.EqualTo(linear).Within(1));
        }
    }

    [TestCase("sd15", 512, 49.49, 2.515, 1.4, 34.16, 1.117, 3.1)]
    [TestCase("sd15", 768, 49.49, 5.754, 3.0, 34.16, 2.609, 6.7)]
    [TestCase("sd15", 1024, 49.49, 10.470, 5.3, 34.16, 4.879, 11.3)]
    public void The_autoencoder_has_the_published_operations(
        string name, int side, double decoder, double decodes, double decoderAttention, double encoder, double encodes, double encoderAttention)
    {
        var shape = PublishedModels.Find(name).ToShape(side, side);
        using (Assert.EnterMultipleScope())
        {
            Check(shape, StageKind.ImageDecoding, decoder, decodes, decoderAttention);
            Check(shape, StageKind.ImageEncoding, encoder, encodes, encoderAttention);
        }

        static void Check(ModelShape shape, StageKind kind, double millions, double teraflops, double attention)
        {
            var stage = shape.Stages.Single(stage => stage.Kind == kind);
            Assert.That(stage.Parameters / 1e6, Is.EqualTo(millions).Within(0.005), "published to two decimals");
            Assert.That(stage.Work.Flops / 1e12, Is.EqualTo(teraflops).Within(1).Percent);
            Assert.That(100.0 * stage.Work.AttentionFlops / stage.Work.Flops, Is.EqualTo(attention).Within(1));
        }
    }

    // Published to three decimals.
    [TestCase("sd15", "clip-l-text-encoder", 123.06, 0.013)]
    [TestCase("sd21", "openclip-h-text-encoder", 340.39, 0.045)]
    [TestCase("sdxl", "openclip-bigg-text-encoder", 694.66, 0.098)]
    [TestCase("flux-dev", "t5-xxl-text-encoder", 4762.31, 4.845)]
    public void A_text_encoder_has_the_published_operations(string name, string encoder, double millions, double teraflops)
    {
        var stage = PublishedModels.Find(name).ToShape().Stages.Single(stage => stage.Name == encoder);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(stage.Kind, Is.EqualTo(StageKind.TextEncoding));
            Assert.That(stage.Parameters / 1e6, Is.EqualTo(millions).Within(0.01).Percent);
            Assert.That(stage.Work.Flops / 1e12, Is.EqualTo(teraflops).Within(0.0005));
        }
    }

    // Activation caches, one branch and one step, as the survey lists them in GB.
    [TestCase("sd15", 0.023)]
    [TestCase("sdxl", 0.21)]
    [TestCase("flux-dev", 1.43)]
    public void A_template_s_cache_has_the_published_size(string name, double gigabytes)
    {
        var model = PublishedModels.Find(name);
        var shape = model.ToShape();
        var text = shape.Blocks.Sum(block => (long)block.TextTokens * block.Width * shape.BytesPerElement);
        Assert.That(((shape.TemplateCacheBytes(1) / model.Branches) - text) / 1e9, Is.EqualTo(gigabytes).Within(2).Percent);
    }

    [Test]
    public void Every_model_states_all_of_its_parts()
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (var model in PublishedModels.All)
            {
                var shape = model.ToShape();
                Assert.That(shape.Name, Is.EqualTo(model.Name));
                Assert.That((shape.Grid.Width, shape.Grid.Height), Is.EqualTo((model.Side, model.Side)), model.Name);
                Assert.That(shape.Branches, Is.EqualTo(model.Branches), model.Name);
                Assert.That(shape.PlainStepFlops, Is.EqualTo(model.Branches * shape.ForwardWork.Flops), model.Name);
                Assert.That(shape.WeightBytes, Is.EqualTo(2 * shape.Parameters), model.Name);
                Assert.That(shape.Stages.Count(static stage => stage.Kind == StageKind.TextEncoding), Is.EqualTo(model.TextEncoders.Count), model.Name);
                Assert.That(PublishedConfigs.Names, Is.SupersetOf(new[] { model.Denoiser, model.Autoencoder }), model.Name);
            }
        }
    }

    [Test]
    public void Flux_schnell_and_dev_differ_in_guidance_and_text() =>
        Assert.That(
            PublishedModels.Find("flux-dev").ToShape().Parameters - PublishedModels.Find("flux-schnell").ToShape().Parameters,
            Is.EqualTo((256 * 3072) + 3072 + (3072 * 3072) + 3072));

    [Test]
    public void An_unknown_name_lists_the_known_ones() =>
        Assert.That(() => PublishedModels.Find("sd14"), Throws.ArgumentException.With.Message.Contains("'sd14'").And.Message.Contains("sd15, sd21, sdxl, flux-dev"));

    [Test]
    public void A_size_that_is_no_whole_number_of_tokens_is_refused() =>
        Assert.That(() => PublishedModels.Find("flux-dev").ToShape(1024, 1000), Throws.ArgumentException.With.Message.Contains("1000x1024").And.Message.Contains("multiples of 16"));
}
