using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Tests.Cuda;
using TorchSharp;

namespace SimServe.GpuBackend.Tests.Devices;

[NonParallelizable]
public sealed class DeviceMemoryTests
{
    private static readonly FluxConfig Large = FluxConfig.DevShape with { Type = torch.ScalarType.BFloat16 };

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
            Assert.That(fault.Message, Does.StartWith("'flux-dev-shape' in batches of 64 needs ").And.Contain("GiB on cuda:0: weights 22.").And.Contain("30.0 of its 74.5 GiB are free").And.Not.Contain("bfloat16"));
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

    [Test]
    public void Workers_that_share_a_device_share_weights_and_templates_only()
    {
        var (alone, shared) = (DeviceMemory.Of([Large], Size), DeviceMemory.Of([Large], Size with { WorkersPerDevice = 3 }));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((shared.Weights, shared.Templates), Is.EqualTo((alone.Weights, alone.Templates)));
            Assert.That((shared.LoadBuffers, shared.Activations), Is.EqualTo((3 * alone.LoadBuffers, 3 * alone.Activations)));
        }
    }

    [Test]
    public void Recordings_that_the_host_has_no_room_for_are_refused_before_anything_is_made()
    {
        var need = HostNeed.Of(Large, Size, onProcessor: false);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(need, Is.EqualTo(new HostNeed(2L * 20 * 57 * 4608 * 3072 * 2, 0)));
            Assert.That(HostNeed.Of(Large, Size, onProcessor: true).Rest, Is.GreaterThan(DeviceMemory.Of([Large], Size).Weights));
            Assert.That(
                () => HostNeed.Check(Large, Size, onProcessor: false, 60L << 30),
                Throws.TypeOf<NotEnoughMemoryException>().With.Message.StartsWith("'flux-dev-shape' with 2 templates of 20 steps needs 60.1 GiB of this machine's memory: recordings 60.1. 60.0 GiB are free."));
            Assert.That(() => HostNeed.Check(Large, Size, onProcessor: false, 61L << 30), Throws.Nothing);
            Assert.That(() => HostNeed.Check(Large, Size, onProcessor: false, null), Throws.Nothing);
        }
    }

    [Test]
    public void Workers_of_the_processor_share_one_model()
    {
        using var models = new ServedModels(Small.Config, 3, torch.CPU, Size with { Workers = 5 });
        Assert.That((models.First.Source, models.Others.Count), Is.EqualTo(("seed 3", 0)));
    }
}
