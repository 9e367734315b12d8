using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Tests.Golden;
using SimServe.Policies;

namespace SimServe.GpuBackend.Tests.Pipelines;

/// <summary>Edits that reuse the picture's own activations, through the pipelines that people use.</summary>
[Category("Golden")]
[TestFixture("pipeline_sd")]
[TestFixture("pipeline_sdxl")]
[TestFixture("pipeline_sd_inpaint")]
[TestFixture("pipeline_sdxl_inpaint")]
[TestFixture("pipeline_flux")]
public sealed class CachedEditTests(string model)
{
    private const int Side = 32;

    private readonly RgbImage _input = Pictures.Random(new RandomStream(1, "input"), Side, Side);
    private readonly List<IDiffusionPipeline> _opened = [];
    private string _folder = string.Empty;

    [OneTimeSetUp]
    public void Find()
    {
        _folder = Path.Combine(GoldenFolder.Location, model);
        if (!Directory.Exists(_folder))
        {
            Assert.Ignore($"{GoldenFolder.Location} holds no {model}");
        }
    }

    [OneTimeTearDown]
    public void Close() => _opened.ForEach(static pipeline => pipeline.Dispose());

    [Test]
    public void A_mask_of_everything_is_full_inference([Values(null, "ddim", "euler-a", "dpmpp-2m-sde-karras", "unipc")] string? scheduler, [Values(null, 4)] int? tiles)
    {
        if (IsFlux && (scheduler is not null || tiles is not null))
        {
            Assert.Ignore("Flux has one scheduler and no convolutions.");
        }

        var pipeline = Open(scheduler);
        var full = Make(pipeline, All(true), reuse: null, "a boat", "a red bicycle");
        var cached = Make(pipeline, All(true), new ReuseOptions { ImagePrompt = "a house", TileSide = tiles }, "a boat", "a red bicycle");
        Assert.That(full.Zip(cached).Max(static pair => Largest(pair.First, pair.Second)), Is.LessThanOrEqualTo(1));
    }

    [Test]
    public void Prompts_of_one_request_make_the_images_that_each_makes_alone([Values(null, 4)] int? tiles)
    {
        var pipeline = Open("ddim");
        var reuse = new ReuseOptions { TileSide = IsFlux ? null : tiles };
        var together = Make(pipeline, Part, reuse, "a boat", "a red bicycle");
        var alone = Make(pipeline, Part, reuse, "a boat");
        Assert.That(Largest(together[0], alone[0]), Is.LessThanOrEqualTo(1));
    }

    [Test]
    public void Other_prompts_change_what_is_masked_and_a_late_start_stays_near_the_picture()
    {
        var pipeline = Open("ddim");
        var mask = Part;
        var boat = Make(pipeline, mask, new ReuseOptions(), "a boat")[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Largest(boat, Make(pipeline, mask, new ReuseOptions(), "a red bicycle")[0]), Is.Positive);
            Assert.That(Largest(boat, Make(pipeline, mask, new ReuseOptions(), 0.4, "a boat")[0]), Is.Positive);
        }
    }

    [Test]
    public void Times_and_bytes_are_told_and_tiles_keep_more()
    {
        var pipeline = Open("ddim");
        using var noise = new SeededNoise(3, 1);
        using var rows = pipeline.Run(Request(noise, Part, new ReuseOptions(), 1, "a boat"));
        using var more = new SeededNoise(3, 1);
        using var maps = pipeline.Run(Request(more, Part, new ReuseOptions { TileSide = IsFlux ? null : 4 }, 1, "a boat"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rows.Reuse!.MaskRatio, Is.EqualTo(0.25).Within(0.1));
            Assert.That(rows.Reuse.Recording, Is.GreaterThan(TimeSpan.Zero));
            Assert.That(rows.Reuse.Denoising, Is.GreaterThan(TimeSpan.Zero));
            Assert.That(maps.Reuse!.Bytes, IsFlux ? Is.EqualTo(rows.Reuse.Bytes) : Is.GreaterThan(rows.Reuse.Bytes));
        }
    }

    [Test]
    public void A_cancelled_edit_leaves_no_tensor()
    {
        var pipeline = Open("ddim");
        using var noise = new SeededNoise(3, 1);
        var request = Request(noise, Part, new ReuseOptions { TileSide = IsFlux ? null : 4 }, 1, "a boat");
        pipeline.Run(request).Dispose();
        var before = LiveTensors.Settled();
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.That(() => pipeline.Run(request, null, source.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(LiveTensors.Count(), Is.EqualTo(before));
    }

    [Test]
    public void What_cannot_be_reused_is_refused()
    {
        var pipeline = Open("ddim");
        using (Assert.EnterMultipleScope())
        {
            Refused(null, new ReuseOptions(), "needs an image and a mask");
            Refused(All(false), new ReuseOptions(), "the mask edits nothing");
            Refused(All(true), new ReuseOptions { TileSide = 0 }, "the tiles' side is 0");
            if (IsFlux)
            {
                Refused(All(true), new ReuseOptions { TileSide = 4 }, "Flux has none");
            }
        }

        void Refused(PixelMask? mask, ReuseOptions reuse, string message)
        {
            using var noise = new SeededNoise(3, 1);
            Assert.That(() => pipeline.Run(Request(noise, mask, reuse, 1, "a boat")), Throws.InstanceOf<InvalidRequestException>().With.Message.Contains(message));
        }
    }

    private bool IsFlux => model == "pipeline_flux";

    // A quarter: of Flux's four tokens the first one.
    private PixelMask Part => IsFlux
        ? new PixelMask(Side, Side, [.. Enumerable.Range(0, Side * Side).Select(static i => i % Side < Side / 2 && i / Side < Side / 2)])
        : Pictures.Middle(Side, Side);

    private IDiffusionPipeline Open(string? scheduler)
    {
        _opened.Add(PipelineFactory.Open(_folder, new PipelineOptions { Scheduler = IsFlux ? null : scheduler }));
        return _opened[^1];
    }

    private List<byte[]> Make(IDiffusionPipeline pipeline, PixelMask mask, ReuseOptions? reuse, params string[] prompts) => Make(pipeline, mask, reuse, 1, prompts);

    private List<byte[]> Make(IDiffusionPipeline pipeline, PixelMask mask, ReuseOptions? reuse, double strength, params string[] prompts)
    {
        using var noise = new SeededNoise(3, prompts.Length);
        using var result = pipeline.Run(Request(noise, mask, reuse, strength, prompts));
        return [.. result.Images.Select(static image => image.Pixels.ToArray())];
    }

    private ImageRequest Request(SeededNoise noise, PixelMask? mask, ReuseOptions? reuse, double strength, params string[] prompts) => new()
    {
        Prompts = prompts,
        Width = Side,
        Height = Side,
        Steps = 5,
        Guidance = 3,
        MaxSequenceLength = 32,
        Noise = noise,
        Source = mask is null ? null : new InpaintSource { Image = _input, Mask = mask, Strength = strength },
        Reuse = reuse,
    };

    private static PixelMask All(bool edited) => new(Side, Side, [.. Enumerable.Repeat(edited, Side * Side)]);

    private static int Largest(byte[] one, byte[] two) => one.Zip(two).Max(static pair => Math.Abs(pair.First - pair.Second));
}
