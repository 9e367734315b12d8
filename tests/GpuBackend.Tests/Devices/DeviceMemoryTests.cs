using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Tests.Cuda;
using TorchSharp;

namespace SimServe.GpuBackend.Tests.Devices;

[NonParallelizable]
public sealed class DeviceMemoryTests
{
    // FLUX.1's own sizes: what a large GPU is for.
    private static readonly FluxConfig Large = new()
    {
        Name = "flux-large",
        Type = torch.ScalarType.BFloat16,
        Grid = new Policies.TokenGrid(64, 64, 16),
        TextTokens = 512,
        Transformer = FluxConfig.Nano.Transformer with
        {
            DoubleBlocks = 19, SingleBlocks = 38, Heads = 24, HeadWidth = 128, TextWidth = 4096, RotaryAxes = new RotaryAxes(16, 56, 56),
        },
    };

    private static readonly ServingSize Size = new() { Workers = 1, BatchSize = 4, Templates = 2, Steps = 20, LookAhead = 1 };

    [Test]
    public void What_is_needed_is_what_is_counted()
    {
        var need = DeviceMemory.Of([Small.Config], Size);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(need.Weights, Is.EqualTo(Small.Model.Transformer.Weights.Bytes));
            Assert.That(need.LoadBuffers, Is.EqualTo(3 * 4 * 70 * 32 * 4), "3 buffers of 4 members' 70 rows of 32 numbers");
            Assert.That(need.Total, Is.EqualTo(need.Weights + need.LoadBuffers + need.Activations + need.Templates + DeviceMemory.Rest));
            Assert.That(DeviceMemory.Of([Small.Config, Large], Size).Weights, Is.GreaterThan(20_000_000_000), "every resident model counts");
            Assert.That(DeviceMemory.Of([Small.Config], Size with { LookAhead = int.MaxValue }).LoadBuffers, Is.EqualTo(4 * 4 * 70 * 32 * 4), "never more buffers than loads");
        }
    }

    [Test]
    public void Half_as_many_bytes_in_a_number_are_half_as_many_of_weights_and_buffers()
    {
        var (whole, half) = (DeviceMemory.Of([Large with { Type = torch.ScalarType.Float32 }], Size), DeviceMemory.Of([Large], Size));
        Assert.That((2 * half.Weights, 2 * half.LoadBuffers), Is.EqualTo((whole.Weights, whole.LoadBuffers)));
    }

    [Test]
    public void What_fits_is_let_through()
    {
        var cuda = FakeCuda.Create();
        Assert.That(() => DeviceMemory.Check([Large], Size, cuda, 0), Throws.Nothing);
    }

    [Test]
    public void What_does_not_fit_is_refused_with_numbers_and_what_would()
    {
        var cuda = FakeCuda.Create();
        FakeCuda.FreeMemory = 30L << 30;
        var large = Size with { BatchSize = 64 };
        var fault = Assert.Throws<NotEnoughMemoryException>(() => DeviceMemory.Check([Large], large, cuda, 0))!;
        var fits = int.Parse(fault.Message.Split("Batches of ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fault.Message, Does.StartWith("'flux-large' in batches of 64 needs ").And.Contain("GiB on cuda:0: weights 22.").And.Contain("30.0 of its 74.5 GiB are free").And.Not.Contain("bfloat16"));
            Assert.That(() => DeviceMemory.Check([Large], large with { BatchSize = fits }, cuda, 0), Throws.Nothing);
            Assert.That(() => DeviceMemory.Check([Large], large with { BatchSize = fits + 1 }, cuda, 0), Throws.TypeOf<NotEnoughMemoryException>());
        }
    }

    [Test]
    public void A_model_that_never_fits_says_so_and_names_smaller_numbers()
    {
        var cuda = FakeCuda.Create();
        FakeCuda.FreeMemory = 30L << 30;
        Assert.That(
            () => DeviceMemory.Check([Large with { Type = torch.ScalarType.Float32 }], Size, cuda, 0),
            Throws.TypeOf<NotEnoughMemoryException>().With.Message.Contains("Not even one request").And.Message.Contains("--dtype bfloat16"));
    }

    [TestCase(3, 2, "3 workers cannot serve on 2 CUDA devices: each takes one for itself. Ask for 2 at most")]
    [TestCase(2, 1, "2 workers cannot serve on 1 CUDA device: each")]
    public void More_workers_than_devices_are_refused_in_words(int workers, int devices, string words) =>
        Assert.That(() => ServedModels.CheckWorkers(workers, devices), Throws.TypeOf<DeviceFailedException>().With.Message.StartsWith(words));

    [Test]
    public void Workers_of_the_processor_share_one_model()
    {
        using var models = new ServedModels(Small.Config, 3, torch.CPU, Size with { Workers = 5 });
        Assert.That((models.First.Seed, models.Others.Count), Is.EqualTo((3, 0)));
    }
}
