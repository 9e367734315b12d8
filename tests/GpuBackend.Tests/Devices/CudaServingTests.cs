using SimServe.GpuBackend.Cuda;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Native;
using SimServe.Policies;
using SimServe.Policies.Costs;
using TorchSharp;

namespace SimServe.GpuBackend.Tests.Devices;

/// <summary>What only a GPU can show.</summary>
[Category("Gpu")]
[NonParallelizable]
public sealed class CudaServingTests
{
    private const long Bytes = 256 << 20;

    [OneTimeSetUp]
    public void NeedCuda() => GpuTests.SkipWithoutCuda();

    [Test]
    public void Copies_run_beside_computation()
    {
        var cuda = CudaInterop.Process!;
        var (compute, copy) = (new CudaStream(cuda, 0, highPriority: true), new CudaStream(cuda, 0));
        using var memory = new PinnedMemory(cuda, Bytes);
        using var mode = torch.inference_mode();
        var before = cuda.CurrentStream(0);
        compute.MakeCurrent();
        try
        {
            using var target = torch.empty([Bytes], dtype: torch.ScalarType.Byte, device: torch.CUDA);
            using var left = torch.ones([4096, 4096], device: torch.CUDA);
            left.mm(left).Dispose();
            torch.cuda.synchronize();
            CudaEvent[] events = [.. Enumerable.Range(0, 4).Select(_ => new CudaEvent(cuda, timed: true))];
            compute.Record(events[0]);
            copy.WaitFor(events[0]);
            copy.Record(events[1]);
            copy.Copy(TensorAddress.Of(target), memory.Address, Bytes);
            copy.Record(events[2]);
            for (var i = 0; i < 20; i++)
            {
                left.mm(left).Dispose();
            }

            compute.Record(events[3]);
            torch.cuda.synchronize();
            var (both, copying, computing) = (
                Math.Max(events[2].SecondsSince(events[0]), events[3].SecondsSince(events[0])), events[2].SecondsSince(events[1]), events[3].SecondsSince(events[0]));
            Array.ForEach(events, static place => place.Dispose());
            TestContext.Out.WriteLine($"copy {copying:0.0000} s, computation {computing:0.0000} s, both {both:0.0000} s");
            Assert.That(both, Is.LessThan(0.9 * (copying + computing)));
        }
        finally
        {
            cuda.UseStream(before, 0);
        }
    }

    // One level is what batches differ by; sums in another order on the device may tip a second one.
    [Test]
    public void An_edit_in_float32_gives_the_image_of_the_processor([Values(BlockMode.Cached, BlockMode.Recomputed, BlockMode.Plain)] BlockMode mode)
    {
        torch.backends.cuda.matmul.allow_tf32 = false;
        var request = FakeCudaWorker.Requests(1)[0];
        using var cpu = FakeCudaWorker.Cpu();
        using var model = new FluxModel(Small.Config, Small.Model.Seed, torch.CUDA);
        using var cuda = FakeCudaWorker.Of(model);
        var (expected, image) = (cpu.Edit([request], Small.All(mode), 1)[0], cuda.Edit([request], Small.All(mode), 1)[0]);
        Assert.That(expected.Pixels.ToArray().Zip(image.Pixels.ToArray(), static (a, b) => Math.Abs(a - b)).Max(), Is.LessThanOrEqualTo(2));
    }

    [Test]
    public void A_step_of_bfloat16_loads_its_rows_and_tells_its_times()
    {
        using var model = new FluxModel(FluxConfig.Nano with { Type = torch.ScalarType.BFloat16 }, 1, torch.CUDA);
        using var templates = new TemplateStore([new EditTemplate(Small.Noise(256, 256, 1), "a quiet harbour", 21)]);
        using var loop = new WallClockLoop();
        using var device = new TorchDevice(
            new TorchDeviceOptions { Name = "cuda:0", Spec = new DeviceSpec { Name = "cuda", PeakFlopsPerSecond = 1e14, LinkBytesPerSecond = 1e10 }, Steps = 2 }, model, templates, loop);
        Assert.That(loop.Run(() => device.Record(default), CancellationToken.None).Fault, Is.Null);
        var request = FakeCudaWorker.Requests(1)[0] with { Mask = EditMask.FromTokens(FluxConfig.Nano.Grid, [.. Enumerable.Range(0, 40)]), Steps = 2 };
        BlockMode[] modes = [.. Enumerable.Repeat(BlockMode.Cached, FluxConfig.Nano.Transformer.Blocks)];
        using var done = new ManualResetEventSlim();
        StepTrace? trace = null;
        device.OnCompute(() =>
        {
            using var edit = new FluxEdit(model, templates.Recording(default), request);
            using var rows = device.WorkFor([edit], FakeCudaWorker.Plan([request], modes, StepTimeline.Unlimited));
            device.RunStep([edit], rows, modes);
            trace = device.RunStep([edit], rows, modes);
            done.Set();
        });
        Assert.That(done.Wait(TimeSpan.FromMinutes(1)));
        TestContext.Out.WriteLine($"step {trace!.TotalSeconds:0.000000} s, waiting {trace.WaitSeconds:0.000000} s, blocks {trace.BlockSeconds.Sum():0.000000} s, copies {trace.Loads.Sum(static load => load.Seconds):0.000000} s");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(trace.Loads, Has.Count.EqualTo(modes.Length - 1).And.All.Matches<(long Bytes, double Seconds)>(static load => load is { Bytes: > 0, Seconds: > 0 }));
            Assert.That(trace.BlockSeconds, Is.All.GreaterThan(0));
            Assert.That(trace.BlockSeconds.Sum() + trace.WaitSeconds, Is.LessThanOrEqualTo(trace.TotalSeconds * 1.001));
        }
    }
}
