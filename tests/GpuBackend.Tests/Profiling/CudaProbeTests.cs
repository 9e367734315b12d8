using SimServe.GpuBackend.Profiling;
using SimServe.GpuBackend.Tests.Cuda;
using TorchSharp;

namespace SimServe.GpuBackend.Tests.Profiling;

[NonParallelizable]
public sealed class CudaProbeTests
{
    [Test]
    public void A_device_is_named_and_measured_by_events()
    {
        const int Bytes = 1 << 20;
        var cuda = FakeCuda.Create();
        var spec = new CudaProbe(cuda, 0, torch.CPU) { MatrixEdge = 256, CopyBytes = Bytes }.Spec(torch.ScalarType.Float32);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(spec.Name, Is.EqualTo("Fake H100"));
            Assert.That(spec.PeakFlopsPerSecond, Is.InRange(1e8, 1e14));
            Assert.That(spec.LinkBytesPerSecond, Is.InRange(1e7, 1e13));
            Assert.That(FakeCuda.Pinned, Is.Zero);
            Assert.That(FakeCuda.Calls.Last(static call => call.StartsWith("use ", StringComparison.Ordinal)), Is.EqualTo("use 7 of 0"), "the thread's stream is put back");
        }
    }

    [Test]
    public void A_link_is_as_fast_as_its_copies()
    {
        const int Bytes = 1 << 20;
        var cuda = FakeCuda.CreateWithStreams(TimeSpan.FromMilliseconds(10));
        var rate = new CudaProbe(cuda, 0, torch.CPU) { CopyBytes = Bytes }.LinkBytesPerSecond();
        Assert.That(rate, Is.InRange(Bytes / 0.05, Bytes / 0.0095));
    }

    [Test]
    public void The_environment_names_device_and_versions() => Assert.That(
        new CudaProbe(FakeCuda.Create(), 0, torch.CPU).Environment(), Does.StartWith("Fake H100, CUDA 13.0, driver for CUDA 13.0; ").And.Contain("libtorch"));

    [Test]
    [Category("Gpu")]
    public void A_GPU_copies_from_pinned_memory_and_multiplies()
    {
        GpuTests.SkipWithoutCuda();
        var spec = DeviceProbe.Spec(torch.CUDA, torch.ScalarType.BFloat16, 0);
        TestContext.Out.WriteLine($"{spec.Name}: {spec.PeakFlopsPerSecond:0.00e0} FLOP/s, {spec.LinkBytesPerSecond:0.00e0} bytes/s; {DeviceProbe.Environment(torch.CUDA)}");
        Assert.That((spec.PeakFlopsPerSecond, spec.LinkBytesPerSecond), Is.EqualTo((double.Max(spec.PeakFlopsPerSecond, 1e11), double.Max(spec.LinkBytesPerSecond, 1e8))));
    }
}
