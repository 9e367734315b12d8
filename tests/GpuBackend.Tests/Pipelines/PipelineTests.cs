using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Tests.Golden;
using SimServe.Policies;
using TorchSharp;

namespace SimServe.GpuBackend.Tests.Pipelines;

/// <summary>What pipelines promise beyond equality with the reference.</summary>
[Category("Golden")]
public sealed class PipelineTests
{
    private static readonly string Inpainting = Path.Combine(GoldenFolder.Location, "pipeline_sd_inpaint");

    [Test]
    public void The_same_seed_gives_the_same_image_and_another_seed_another()
    {
        using var pipeline = Open();
        var (one, two, other) = (Edit(pipeline, ["a boat"], 5), Edit(pipeline, ["a boat"], 5), Edit(pipeline, ["a boat"], 6));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(two[0], Is.EqualTo(one[0]));
            Assert.That(other[0], Is.Not.EqualTo(one[0]));
        }
    }

    [Test]
    public void An_image_of_a_batch_is_the_one_it_would_be_alone()
    {
        using var pipeline = Open();
        var batch = Edit(pipeline, ["a boat", "a lighthouse"], 5);
        var (first, second) = (Edit(pipeline, ["a boat"], 5)[0], Edit(pipeline, ["a lighthouse"], 6)[0]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Largest(batch[0], first), Is.LessThanOrEqualTo(1));
            Assert.That(Largest(batch[1], second), Is.LessThanOrEqualTo(1));
        }
    }

    [TestCase("bfloat16", 8)]
    [TestCase("float16", 2)]
    public void Half_precision_gives_nearly_the_same_image(string type, int levels)
    {
        using var exact = Open();
        using var half = Open(new PipelineOptions { Type = TorchNames.Type(type), Scheduler = "ddim" });
        var (a, b) = (Edit(half, ["a boat"], 5)[0], Edit(exact, ["a boat"], 5)[0]);
        Assert.That(Largest(a, b), Is.InRange(1, levels));
    }

    [Test]
    public void A_cancelled_request_ends_between_two_steps_and_leaves_no_tensor()
    {
        using var pipeline = Open();
        Edit(pipeline, ["a boat"], 5);
        var before = LiveTensors.Settled();
        using var source = new CancellationTokenSource();
        var observer = new CancelAfter(source, 2);
        Assert.That(() => Run(pipeline, ["a boat"], 5, observer, source.Token), Throws.InstanceOf<OperationCanceledException>());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(observer.Steps, Is.EqualTo(2));
            Assert.That(LiveTensors.Count(), Is.EqualTo(before));
        }
    }

    [Test]
    public void Every_fault_of_a_request_is_in_one_message()
    {
        using var pipeline = Open();
        using var noise = new SeededNoise(1, 1);
        var request = new ImageRequest { Prompts = ["x"], Width = 30, Height = 0, Steps = 0, Guidance = double.NaN, Eta = 2, Noise = noise };
        Assert.That(
            () => pipeline.Run(request),
            Throws.TypeOf<InvalidRequestException>().With.Message.Contains("width is 30 but must be a multiple of")
                .And.Message.Contains("height is 0").And.Message.Contains("steps is 0").And.Message.Contains("guidance is NaN").And.Message.Contains("eta is 2")
                .And.Message.Contains("nine input channels"));
    }

    [Test]
    public void A_mask_between_the_points_of_the_latent_grid_is_warned_of()
    {
        using var pipeline = Open();
        var observer = new Warnings();
        var mask = new bool[32 * 32];
        mask[(3 * 32) + 3] = true;
        Run(pipeline, ["a boat"], 5, observer, default, new PixelMask(32, 32, mask));
        Assert.That(observer.All, Has.One.Contains("falls between its points"));
    }

    [Test]
    public void A_long_prompt_is_cut_with_a_warning()
    {
        using var pipeline = Open();
        var observer = new Warnings();
        Run(pipeline, [string.Concat(Enumerable.Repeat("a boat ", 80))], 5, observer, default);
        Assert.That(observer.All, Has.One.Contains("is longer than 77 tokens"));
    }

    private static IDiffusionPipeline Open(PipelineOptions? options = null) => PipelineFactory.Open(Inpainting, options ?? new PipelineOptions { Scheduler = "ddim" });

    private static byte[][] Edit(IDiffusionPipeline pipeline, string[] prompts, long seed) => Run(pipeline, prompts, seed, null, default);

    private static byte[][] Run(
        IDiffusionPipeline pipeline, string[] prompts, long seed, IPipelineObserver? observer, CancellationToken cancellation, PixelMask? mask = null)
    {
        using var noise = new SeededNoise(seed, prompts.Length);
        using var result = pipeline.Run(
            new ImageRequest
            {
                Prompts = prompts,
                Width = 32,
                Height = 32,
                Steps = 4,
                Guidance = 3,
                Noise = noise,
                Source = new InpaintSource { Image = Pictures.Random(new RandomStream(1, "input"), 32, 32), Mask = mask ?? Pictures.Middle(32, 32) },
            },
            observer,
            cancellation);
        return [.. result.Images.Select(static image => image.Pixels.ToArray())];
    }

    private static int Largest(byte[] one, byte[] two) => one.Zip(two).Max(static pair => Math.Abs(pair.First - pair.Second));

    private sealed class CancelAfter(CancellationTokenSource source, int steps) : Warnings
    {
        public int Steps { get; private set; }

        public override void Stepped(int done, int all, torch.Tensor latents)
        {
            Steps = done;
            if (done == steps)
            {
                source.Cancel();
            }
        }
    }

    private class Warnings : IPipelineObserver
    {
        public List<string> All { get; } = [];

        public void Encoded(string name, torch.Tensor value)
        {
        }

        public void Begun(IReadOnlyList<double> timesteps)
        {
        }

        public virtual void Stepped(int done, int all, torch.Tensor latents)
        {
        }

        public void Warned(string warning) => All.Add(warning);
    }
}
