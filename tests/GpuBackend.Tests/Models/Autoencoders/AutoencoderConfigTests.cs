using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Models.Published;

namespace SimServe.GpuBackend.Tests.Models.Autoencoders;

public sealed class AutoencoderConfigTests
{
    [TestCase("sd-vae", 4, 0.18215, 0)]
    [TestCase("sdxl-vae", 4, 0.13025, 0)]
    [TestCase("sd3-vae", 16, 1.5305, 0.0609)]
    [TestCase("flux-vae", 16, 0.3611, 0.1159)]
    public void Read_takes_published_configurations(string name, int latentChannels, double scale, double shift)
    {
        var config = AutoencoderConfig.Read(PublishedConfigs.Read(name));
        Assert.That(
            (config.LatentChannels, config.ScalingFactor, config.ShiftFactor, config.Downscale, config.QuantConvolution, config.ForceUpcast),
            Is.EqualTo((latentChannels, scale, shift, 8, latentChannels == 4, true)));
    }

    [Test]
    public void Read_fills_missing_and_null_keys_as_the_reference_does()
    {
        var config = Read("""{ "block_out_channels": [64], "shift_factor": null, "latents_mean": null }""");
        Assert.That(
            (config.BlocksPerLevel, config.NormGroups, config.MiddleAttention, config.ScalingFactor, config.ShiftFactor, config.Downscale),
            Is.EqualTo((1, 32, true, 0.18215, 0.0, 1)));
    }

    [TestCase("""{ "latents_mean": [0.5] }""", "latents_mean")]
    [TestCase("""{ "latents_std": [0.5] }""", "latents_std")]
    [TestCase("""{ "act_fn": "gelu" }""", "act_fn")]
    [TestCase("""{ "_class_name": "AutoencoderTiny" }""", "_class_name")]
    [TestCase("""{ "down_block_types": ["AttnDownEncoderBlock2D"] }""", "down_block_types")]
    [TestCase("""{ "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D"] }""", "up_block_types")]
    [TestCase("""{ "block_out_channels": [64, 64] }""", "down_block_types")]
    [TestCase("""{ "block_out_channels": [64, 48] }""", "norm_num_groups")]
    [TestCase("""{ "scaling_factor": 0 }""", "scaling_factor")]
    [TestCase("""{ "force_upcast": "yes" }""", "force_upcast")]
    public void Read_refuses_what_it_cannot_honour_and_names_the_key(string json, string key) =>
        Assert.That(() => Read(json), Throws.TypeOf<ModelFileException>().With.Message.Contains($"\"{key}\"").And.Message.Contains("config.json"));

    private static AutoencoderConfig Read(string json) => AutoencoderConfig.Read(ConfigFile.Parse("config.json", json));
}
