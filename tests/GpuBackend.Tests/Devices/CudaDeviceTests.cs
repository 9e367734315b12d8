using System.Runtime.InteropServices;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Tests.Cuda;
using SimServe.Policies;
using SimServe.Policies.Costs;

namespace SimServe.GpuBackend.Tests.Devices;

/// <summary>The whole path of a CUDA worker, over a CUDA that has no device: its streams, events and copies are real, its memory is the host's.</summary>
[NonParallelizable]
public sealed class CudaDeviceTests
{
    // Blocks with loads, without, and ones that resume: every kind of load and of reuse of a buffer.
    private static readonly BlockMode[][] Plans =
    [
        Small.All(BlockMode.Cached),
        Small.All(BlockMode.Plain),
        [BlockMode.Cached, BlockMode.Cached, BlockMode.Recomputed, BlockMode.Cached, BlockMode.Recomputed],
        [BlockMode.Cached, BlockMode.Recomputed, BlockMode.Recomputed, BlockMode.Cached, BlockMode.Cached],
    ];

    [Test]
    public void Images_are_those_of_the_processor(
        [Values(0, 1, 2, 3)] int plan, [Values(0, 1, StepTimeline.Unlimited)] int lookAhead, [Values(1, 1 << 16)] int directRunBytes)
    {
        var requests = FakeCudaWorker.Requests(3);
        using var cpu = FakeCudaWorker.Cpu();
        var expected = cpu.Edit(requests, Plans[plan], lookAhead);
        using (var cuda = FakeCudaWorker.Cuda(FakeCuda.CreateWithStreams(TimeSpan.FromMilliseconds(0.2)), directRunBytes))
        {
            var images = cuda.Edit(requests, Plans[plan], lookAhead);
            Assert.That(images.Zip(expected, Small.LargestLevels), Is.All.LessThanOrEqualTo(1));
            Assert.That(FakeCuda.Pinned, Is.GreaterThan(0), "recordings lie in pinned memory");
        }

        Assert.That(FakeCuda.Pinned, Is.Zero);
    }

    [Test]
    public void Images_of_other_cached_rows_are_those_of_the_processor_too(
        [Values] CacheVariant variant, [Values(CacheNumbers.AsModel, CacheNumbers.BFloat16, CacheNumbers.Int8, CacheNumbers.Float8)] CacheNumbers numbers, [Values(1, 1 << 16)] int directRunBytes)
    {
        var requests = FakeCudaWorker.Requests(3);
        using var model = new FluxModel(Small.Config with { Cache = new CacheFormat(variant, numbers) }, Small.Model.Seed);
        using var cpu = FakeCudaWorker.Of(model);
        foreach (var modes in new[] { Small.All(BlockMode.Cached), [BlockMode.Recomputed, BlockMode.Recomputed, BlockMode.Cached, BlockMode.Cached, BlockMode.Cached] })
        {
            using var cuda = FakeCudaWorker.Cuda(FakeCuda.CreateWithStreams(TimeSpan.FromMilliseconds(0.2)), directRunBytes, model: model);
            Assert.That(cuda.Edit(requests, modes, 1).Zip(cpu.Edit(requests, modes, 1), Small.LargestLevels), Is.All.LessThanOrEqualTo(1));
        }
    }

    private static readonly bool[]?[] Kept = [null, [false, true, false, true, true]];

    [Test]
    public void Rows_that_the_device_keeps_come_over_the_link_once([Values(0, 1)] int choice)
    {
        var (requests, modes) = (FakeCudaWorker.Requests(4), Small.All(BlockMode.Cached));
        using var cpu = FakeCudaWorker.Cpu();
        var expected = cpu.Edit(requests, modes, StepTimeline.Unlimited);
        var before = LiveTensors.Settled();
        using (var cuda = FakeCudaWorker.Keeping(FakeCuda.CreateWithStreams(TimeSpan.FromMilliseconds(0.2)), 1 << 28, Kept[choice]))
        {
            var (first, all) = cuda.Serve(requests[..2], modes);
            var (second, rest) = cuda.Serve(requests[2..], modes);
            var perBlock = requests[2..].Sum(static request => request.Mask.UnmaskedTokens) * (long)Small.Config.Transformer.Width * sizeof(float) * Small.Steps;
            using (Assert.EnterMultipleScope())
            {
                Assert.That(first.Concat(second).Zip(expected, Small.LargestLevels), Is.All.LessThanOrEqualTo(1));
                Assert.That(all, Is.Positive);
                Assert.That(rest, Is.EqualTo(choice == 0 ? 0 : perBlock), "of the four blocks that load, three are kept or all");
                Assert.That(cuda.Device.IsResident(requests[0].Template));
            }
        }

        Assert.That(LiveTensors.Settled(), Is.LessThanOrEqualTo(before));
    }

    [Test]
    public void What_a_device_has_no_room_for_leaves_it_and_comes_again()
    {
        var (requests, modes) = (FakeCudaWorker.Requests(4), Small.All(BlockMode.Cached));
        using var cpu = FakeCudaWorker.Cpu();
        var expected = cpu.Edit(requests, modes, StepTimeline.Unlimited);

        // Room for one of two templates.
        using var cuda = FakeCudaWorker.Keeping(FakeCuda.CreateWithStreams(TimeSpan.FromMilliseconds(0.2)), Small.Harbour.Bytes, null);
        var bytes = new long[requests.Length];
        for (var i = 0; i < requests.Length; i++)
        {
            (var images, bytes[i]) = cuda.Serve([requests[i]], modes);
            Assert.That(Small.LargestLevels(images[0], expected[i]), Is.LessThanOrEqualTo(1), $"{requests[i].Id}");
        }

        Assert.That(bytes, Is.All.Positive, "the two take turns");
        Assert.That((cuda.Device.IsResident(requests[0].Template), cuda.Device.IsResident(requests[1].Template)), Is.EqualTo((false, true)));
    }

    [Test]
    public void A_copy_waits_for_the_block_that_frees_its_buffer_and_a_block_for_its_copy([Values(0, 1, 2)] int lookAhead)
    {
        using var worker = FakeCudaWorker.Cuda(FakeCuda.Create());
        worker.Step(FakeCudaWorker.Requests(1)[0], Small.All(BlockMode.Cached), lookAhead);
        var calls = FakeCuda.Calls.ToList();
        var (compute, copy) = (StreamOf(calls, " high"), Words(calls.First(static call => call.Contains(" copies ", StringComparison.Ordinal)))[0]);
        var blocks = Small.Config.Transformer.Blocks;

        // The last events that the compute stream has passed: for each block but the first asked and given, for each block finished, then the end.
        string[] passed = [.. calls.Where(call => call.StartsWith($"{compute} records", StringComparison.Ordinal)).Select(static call => Words(call)[2])];
        var finished = new List<string> { passed[1] };
        for (var block = 1; block < blocks; block++)
        {
            finished.Add(passed[1 + (3 * block)]);
        }

        string[] copies = [.. calls.Where(call => call.StartsWith($"{copy} copies", StringComparison.Ordinal))];
        Assert.That(copies, Has.Length.EqualTo(blocks - 1));
        var (at, arrivals) = (-1, new List<string>());
        for (var block = 1; block < blocks; block++)
        {
            at = calls.FindIndex(at + 1, call => call.StartsWith($"{copy} copies", StringComparison.Ordinal));
            var arrived = Words(calls.Skip(at).First(call => call.StartsWith($"{copy} records", StringComparison.Ordinal)))[2];
            arrivals.Add(arrived);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(calls.FindIndex(call => call == $"{compute} waits for {arrived}"), Is.GreaterThan(at), $"block {block} waits for its copy");
                if (arrivals.Count > lookAhead + 1)
                {
                    var read = calls.IndexOf($"wait for {arrivals[^(lookAhead + 2)]}");
                    Assert.That(read, Is.GreaterThanOrEqualTo(0).And.LessThan(at), $"pinned memory that the copy of block {block} uses again has been read");
                }

                if (block > lookAhead)
                {
                    var frees = finished[block - lookAhead - 1];
                    var (recorded, waited) = (calls.IndexOf($"{compute} records {frees}"), calls.IndexOf($"{copy} waits for {frees}"));
                    Assert.That(recorded, Is.GreaterThanOrEqualTo(0).And.LessThan(waited), $"block {block - lookAhead - 1} was recorded before the copy of block {block} waits for it");
                    Assert.That(waited, Is.LessThan(at), $"the copy of block {block} comes after its wait");
                }
            }
        }
    }

    [Test]
    public void Waiting_and_copying_are_timed_by_the_streams()
    {
        const double Milliseconds = 20;
        using var worker = FakeCudaWorker.Cuda(FakeCuda.CreateWithStreams(TimeSpan.FromMilliseconds(Milliseconds)));
        var trace = worker.Step(FakeCudaWorker.Requests(1)[0], Small.All(BlockMode.Cached), StepTimeline.Unlimited);
        var loads = Small.Config.Transformer.Blocks - 1;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(trace.Loads, Has.Count.EqualTo(loads));
            Assert.That(trace.Loads.Select(static load => load.Seconds), Is.All.GreaterThan(0.9 * Milliseconds / 1e3));
            Assert.That(trace.TotalSeconds, Is.GreaterThan(0.9 * loads * Milliseconds / 1e3));
            Assert.That(trace.WaitSeconds, Is.GreaterThan(0.5 * trace.TotalSeconds).And.LessThan(trace.TotalSeconds));
            Assert.That(trace.BlockSeconds.Sum() + trace.WaitSeconds, Is.LessThanOrEqualTo(trace.TotalSeconds * 1.001));
            Assert.That(trace.BlockSeconds, Is.All.GreaterThan(0));
        }
    }

    [Test]
    public void A_link_that_is_slow_on_purpose_copies_for_longer()
    {
        var request = FakeCudaWorker.Requests(1)[0];
        using var worker = FakeCudaWorker.Cuda(FakeCuda.CreateWithStreams(TimeSpan.FromMilliseconds(4)), linkShare: static () => 0.25);
        Assert.That(worker.Step(request, Small.All(BlockMode.Cached), 1).Loads.Select(static load => load.Seconds), Is.All.GreaterThan(0.012));
    }

    [TestCase("copies", "Loading the rows of block 1 failed: cudaMemcpyAsync failed")]
    [TestCase("records", "cudaEventRecord failed")]
    [TestCase("event", "cudaEventCreateWithFlags failed")]
    [TestCase("pin", "pinned host memory failed")]
    public void A_failure_of_CUDA_fails_the_device_visibly(string call, string reason)
    {
        var requests = FakeCudaWorker.Requests(2);
        using (var worker = FakeCudaWorker.Cuda(FakeCuda.CreateWithStreams(TimeSpan.Zero)))
        {
            worker.Prepare(requests);
            FakeCuda.FailAt(call, 2);
            var (denoised, later) = (worker.Denoise(requests, Small.All(BlockMode.Cached), 1), worker.Record());
            using (Assert.EnterMultipleScope())
            {
                Assert.That(denoised.Fault, Does.Contain(reason).And.Contain("reason of the fake"));
                Assert.That(denoised.Steps, Is.Zero);
                Assert.That(later.Fault, Is.EqualTo(denoised.Fault), "a device that has failed stays so");
            }
        }

        Assert.That(FakeCuda.Pinned, Is.Zero);
    }

    [Test]
    public void A_recording_that_pinned_memory_has_no_room_for_says_so()
    {
        using var worker = FakeCudaWorker.Cuda(FakeCuda.Create());
        FakeCuda.FailAt("pin", 2);
        Assert.That(worker.Record().Fault, Does.Contain("bytes of pinned host memory").And.Contain("fewer templates"));
    }

    [Test]
    public void Memory_that_runs_out_in_service_fails_the_device_with_what_to_do()
    {
        var requests = FakeCudaWorker.Requests(1);
        using var worker = FakeCudaWorker.With(new FullDevice());
        worker.Prepare(requests);
        Assert.That(
            worker.Denoise(requests, Small.All(BlockMode.Cached), 1).Fault,
            Is.EqualTo("its memory ran out: CUDA out of memory. Tried to allocate 2.00 GiB. Serve smaller batches or fewer templates."));
    }

    [Test]
    public void Threads_that_cannot_begin_fail_the_device()
    {
        var cuda = FakeCuda.Create();
        FakeCuda.FailAt("use ", 3);
        using var worker = FakeCudaWorker.Cuda(cuda);
        Assert.That(() => worker.Record().Fault, Does.Contain("torch_set_current_cuda_stream failed").After(2000, 10));
    }

    // libtorch's own words, with its stack behind them.
    private sealed class FullDevice : IDeviceStreams
    {
        public void Enter(StreamRole role)
        {
        }

        public void Finish(StreamRole role)
        {
        }

        public HostMemory Allocate(long bytes) => HostMemory.Pageable(bytes);

#pragma warning disable CA2201 // What TorchSharp throws.
        public ResidentRows Keep(RecordingUse use, IReadOnlyList<bool>? kept, WorkerThread copy) => throw new NotSupportedException();

        public IStreamedRows RowsFor(IReadOnlyList<EditState> batch, StepPlan plan, int? branch) =>
            throw new ExternalException("CUDA out of memory. Tried to allocate 2.00 GiB.\nException raised from malloc");
#pragma warning restore CA2201
    }

    private static string StreamOf(List<string> calls, string end) => Words(calls.First(call => call.StartsWith("stream ", StringComparison.Ordinal) && call.EndsWith(end, StringComparison.Ordinal)))[1];

    private static string[] Words(string call) => call.Split(' ');
}
