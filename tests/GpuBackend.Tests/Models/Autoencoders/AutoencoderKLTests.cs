using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Models.Published;
using SimServe.GpuBackend.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Models.Autoencoders;

public sealed class AutoencoderKLTests
{
    private const string Tiny = """
        { "block_out_channels": [8, 16], "norm_num_groups": 4, "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D"],
          "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D"] }
        """;

    [TestCase("sd-vae", 34.16, 49.49)]
    [TestCase("sdxl-vae", 34.16, 49.49)]
    public void Published_sizes_agree_with_the_literature(string name, double encoderMillions, double decoderMillions)
    {
        using var model = new AutoencoderKL(AutoencoderConfig.Read(PublishedConfigs.Read(name)), WeightStore.Counted());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Millions(model, "encoder.", "quant_conv."), Is.EqualTo(encoderMillions).Within(0.005));
            Assert.That(Millions(model, "decoder.", "post_quant_conv."), Is.EqualTo(decoderMillions).Within(0.005));
        }
    }

    [Test]
    public void Encode_and_decode_keep_nothing_but_their_results()
    {
        using var mode = inference_mode();
        using var model = Seeded(ScalarType.Float32);
        using var pixels = zeros(1, 3, 9, 6);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var (mean, logVariance) = model.Encode(pixels);
        var image = model.Decode(mean);
        var kept = DisposeScopeManager.Statistics.ThreadTotalLiveCount - before;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(kept, Is.EqualTo(3));
            Assert.That(mean.shape, Is.EqualTo(new long[] { 1, 4, 4, 3 }));
            Assert.That(image.shape, Is.EqualTo(new long[] { 1, 3, 8, 6 }));
        }

        mean.Dispose();
        logVariance.Dispose();
        image.Dispose();
    }

    [TestCase(ScalarType.BFloat16, 0.1)]
    [TestCase(ScalarType.Float16, 0.02)]
    public void Half_precision_stays_near_single(ScalarType type, double bound)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var exact = Seeded(ScalarType.Float32);
        using var model = Seeded(type);
        var latents = arange(96, dtype: ScalarType.Float32).sin().reshape(1, 4, 4, 6);
        var (image, expected) = (model.Decode(latents.to(type)), exact.Decode(latents));
        var (mean, meanExpected) = (model.Encode(image).Mean, exact.Encode(image.to(ScalarType.Float32)).Mean);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((image.dtype, mean.dtype), Is.EqualTo((type, type)));
            Assert.That(image.to(ScalarType.Float32).sub(expected).abs().max().ToDouble(), Is.Not.NaN.And.LessThan(bound).And.Positive);
            Assert.That(mean.to(ScalarType.Float32).sub(meanExpected).abs().max().ToDouble(), Is.Not.NaN.And.LessThan(bound).And.Positive);
        }
    }

    [Test]
    public void Inputs_of_another_shape_are_refused_with_both_shapes_named()
    {
        using var model = Seeded(ScalarType.Float32);
        using var wrong = zeros(2, 5, 8, 8);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => model.Decode(wrong), Throws.ArgumentException.With.Message.Contains("[2, 5, 8, 8]").And.Message.Contains("[B, 4, H, W]"));
            Assert.That(() => model.Encode(wrong), Throws.ArgumentException.With.Message.Contains("[B, 3, H, W]"));
        }
    }

    private static AutoencoderKL Seeded(ScalarType type) =>
        new(AutoencoderConfig.Read(ConfigFile.Parse("tiny", Tiny)), WeightStore.Seeded(1, type, CPU));

    private static double Millions(AutoencoderKL model, params string[] parts) =>
        model.Weights.All.Values.Where(weight => parts.Any(part => weight.Name.StartsWith(part, StringComparison.Ordinal))).Sum(static weight => weight.Original.numel()) / 1e6;
}
