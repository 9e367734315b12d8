using SimServe.GpuBackend.Cuda;
using SimServe.GpuBackend.Diagnosis;
using SimServe.GpuBackend.Native;
using SimServe.GpuBackend.Tests.Cuda;

namespace SimServe.GpuBackend.Tests.Diagnosis;

[NonParallelizable]
public sealed class ExaminationTests
{
    private static readonly LibTorchInfo WithCuda = new("/torch/lib", "bridge", Patched: false, "2.11.0", Cuda: true);

    [Test]
    public void This_machine_runs_models_on_its_processor()
    {
        var findings = Examination.Run();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Of(findings, "native Torch").Verdict, Is.EqualTo(Verdict.Works));
            Assert.That(Of(findings, "TorchSharp's library").Verdict, Is.EqualTo(Verdict.Works));
            Assert.That(Of(findings, "processor").Found, Does.StartWith($"{Environment.ProcessorCount} cores"));
        }
    }

    [Test]
    public void A_libtorch_without_CUDA_says_what_to_set()
    {
        var finding = CudaExamination.Run(WithCuda with { Cuda = false }, null, Fine).Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(finding.Verdict, Is.EqualTo(Verdict.Absent));
            Assert.That(finding.Consequence, Does.Contain("SIMSERVE_LIBTORCH"));
        }
    }

    [Test]
    public void A_driver_that_is_too_old_is_broken()
    {
        var cuda = FakeCuda.Create();
        FakeCuda.DriverVersion = 12020;
        var finding = CudaExamination.Run(WithCuda, cuda, static (_, _) => throw new InvalidOperationException("it must not be tried")).Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(finding.Verdict, Is.EqualTo(Verdict.Broken));
            Assert.That(finding.Found, Is.EqualTo("driver for CUDA 12.2, runtime 13.0"));
        }
    }

    [Test]
    public void A_driver_call_that_fails_is_a_finding()
    {
        var cuda = FakeCuda.Create();
        FakeCuda.Fail(999);
        Assert.That(CudaExamination.Run(WithCuda, cuda, Fine).Single().Found, Does.Contain("reason of the fake (CUDA error 999)"));
    }

    [Test]
    public void Missing_functions_are_named()
    {
        var cuda = FakeCuda.Create("cudaHostAlloc");
        var finding = Of(CudaExamination.Run(WithCuda, cuda, Fine), "streams, events, pinned memory");
        Assert.That((finding.Verdict, finding.Found), Is.EqualTo((Verdict.Limited, "missing: cudaHostAlloc")));
    }

    [Test]
    public void A_device_is_described_and_tried()
    {
        var finding = Of(CudaExamination.Run(WithCuda, FakeCuda.Create(), Fine), "cuda:0");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(finding.Verdict, Is.EqualTo(Verdict.Works));
            Assert.That(finding.Found, Is.EqualTo("Fake H100, compute capability 9.0, 60.0 of 80.0 GB free; bytes came back right over two streams"));
        }
    }

    [Test]
    public void Nothing_that_was_found_of_a_healthy_device_keeps_it_from_serving() => Assert.That(
        CudaExamination.Run(WithCuda, FakeCuda.Create(), Fine), Has.All.Matches<Finding>(static finding => finding is { About: "cuda", Verdict: Verdict.Works or Verdict.Limited }));

    [Test]
    public void A_device_that_fails_its_trial_is_broken()
    {
        var finding = Of(CudaExamination.Run(WithCuda, FakeCuda.Create(), static (_, device) => $"device {device} lost the bytes"), "cuda:0");
        Assert.That((finding.Verdict, finding.Consequence), Is.EqualTo((Verdict.Broken, "device 0 lost the bytes")));
    }

    [Test]
    [Category("Gpu")]
    public void A_CUDA_device_takes_bytes_and_gives_them_back()
    {
        GpuTests.SkipWithoutCuda();
        Assert.That(Of(Examination.Run(), "cuda:0").Verdict, Is.EqualTo(Verdict.Works));
    }

    private static string? Fine(CudaInterop cuda, int device) => null;

    private static Finding Of(IEnumerable<Finding> findings, string what) => findings.Single(finding => finding.What == what);
}
