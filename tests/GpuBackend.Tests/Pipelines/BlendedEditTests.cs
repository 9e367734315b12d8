using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Tests.Golden;
using SimServe.Policies;
using TorchSharp;

namespace SimServe.GpuBackend.Tests.Pipelines;

/// <summary>Edits by models that are not shown the mask: the known part is put back at every step.</summary>
[Category("Golden")]
[TestFixture("pipeline_sd")]
[TestFixture("pipeline_sdxl")]
[TestFixture("pipeline_flux")]
public sealed class BlendedEditTests(string model)
{
    private const int Side = 32;
    private const int Channels = 4;

    private readonly RgbImage _input = Pictures.Random(new RandomStream(1, "input"), Side, Side);
    private IDiffusionPipeline _pipeline = null!;

    [OneTimeSetUp]
    public void Open()
    {
        var folder = Path.Combine(GoldenFolder.Location, model);
        if (!Directory.Exists(folder))
        {
            Assert.Ignore($"{GoldenFolder.Location} holds no {model}");
        }

        _pipeline = PipelineFactory.Open(folder, new PipelineOptions());
    }

    [OneTimeTearDown]
    public void Close() => _pipeline?.Dispose();

    [Test]
    public void A_mask_of_everything_makes_a_new_image()
    {
        var made = Make("a boat", null, 1);
        var edited = Make("a boat", All(true), 1);
        Assert.That(Largest(made, edited), Is.LessThanOrEqualTo(1));
    }

    [Test]
    public void A_mask_of_nothing_makes_the_same_image_of_any_prompt() =>
        Assert.That(Largest(Make("a boat", All(false), 1), Make("a red bicycle", All(false), 1)), Is.Zero);

    [Test]
    public void Another_prompt_changes_what_is_masked() =>
        Assert.That(Largest(Make("a boat", Pictures.Middle(Side, Side), 1), Make("a red bicycle", Pictures.Middle(Side, Side), 1)), Is.Positive);

    [Test]
    public void A_low_strength_stays_nearer_to_the_image_than_a_high_one()
    {
        var kept = Make("a boat", All(false), 1);
        Assert.That(Mean(Make("a boat", All(true), 0.3), kept), Is.LessThan(Mean(Make("a boat", All(true), 1), kept)));
    }

    [Test]
    public void A_cancelled_edit_leaves_no_tensor()
    {
        using var noise = new SeededNoise(3, 1);
        var request = Request("a boat", All(true), 1, noise);
        _pipeline.Run(request).Dispose();
        var before = LiveTensors.Settled();
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.That(() => _pipeline.Run(request, null, source.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(LiveTensors.Count(), Is.EqualTo(before));
    }

    private byte[] Make(string prompt, PixelMask? mask, double strength)
    {
        using var noise = new SeededNoise(3, 1);
        using var result = _pipeline.Run(Request(prompt, mask, strength, noise));
        return result.Images[0].Pixels.ToArray();
    }

    private ImageRequest Request(string prompt, PixelMask? mask, double strength, SeededNoise noise) => new()
    {
        Prompts = [prompt],
        Width = Side,
        Height = Side,
        Steps = 6,
        Guidance = 3,
        MaxSequenceLength = 32,
        Noise = noise,
        Latents = Latents(),
        Source = mask is null ? null : new InpaintSource { Image = _input, Mask = mask, Strength = strength },
    };

    // Given, because an edit draws other numbers before those it starts from.
    private torch.Tensor Latents()
    {
        using var noise = new SeededNoise(9, 1);
        var tokens = Side / _pipeline.Granularity;
        return model == "pipeline_flux"
            ? FluxPacking.Pack(noise.Draw(NoiseUse.InitialLatents, [1, Channels, FluxPacking.Side * tokens, FluxPacking.Side * tokens]))
            : noise.Draw(NoiseUse.InitialLatents, [1, Channels, tokens, tokens]);
    }

    private static PixelMask All(bool edited) => new(Side, Side, [.. Enumerable.Repeat(edited, Side * Side)]);

    private static int Largest(byte[] one, byte[] two) => one.Zip(two).Max(static pair => Math.Abs(pair.First - pair.Second));

    private static double Mean(byte[] one, byte[] two) => one.Zip(two).Average(static pair => Math.Abs(pair.First - pair.Second));
}
