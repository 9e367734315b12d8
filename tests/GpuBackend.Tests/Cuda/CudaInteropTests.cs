using SimServe.GpuBackend.Cuda;

namespace SimServe.GpuBackend.Tests.Cuda;

[NonParallelizable]
public sealed class CudaInteropTests
{
    [Test]
    public void Nothing_is_missing_where_everything_is_there() => Assert.That(FakeCuda.Create().Missing, Is.Empty);

    [Test]
    public void A_function_under_its_newer_name_is_found_and_tells_the_time_between_two_events()
    {
        var cuda = FakeCuda.Create();
        var stream = new CudaStream(cuda, 0);
        using var before = new CudaEvent(cuda, timed: true);
        using var after = new CudaEvent(cuda, timed: true);
        stream.Record(before);
        Thread.Sleep(5);
        Assert.That(() => after.SecondsSince(before), Throws.TypeOf<CudaException>(), "it is not there yet");
        stream.Record(after);
        Assert.That(after.SecondsSince(before), Is.InRange(0.004, 5));
    }

    [Test]
    public void What_is_missing_is_named_and_only_its_calls_fail()
    {
        var cuda = FakeCuda.Create("cudaEventQuery", "torch_set_current_cuda_stream");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(cuda.Missing, Is.EqualTo(["torch_set_current_cuda_stream", "cudaEventQuery"]));
            Assert.That(() => cuda.IsDone(3), Throws.TypeOf<CudaException>().With.Message.Contain("cudaEventQuery is missing"));
            Assert.That(cuda.DeviceCount(), Is.EqualTo(1));
        }
    }

    [Test]
    public void A_failed_call_says_which_and_why_and_clears_the_error()
    {
        var cuda = FakeCuda.Create();
        FakeCuda.Fail(700);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => cuda.Synchronize(5), Throws.TypeOf<CudaException>().With.Message.EqualTo("cudaStreamSynchronize failed: reason of the fake (CUDA error 700)."));
            Assert.That(FakeCuda.Calls, Is.EqualTo(["synchronize 5", "clear error"]));
        }
    }

    [Test]
    public void Exhausted_pinned_memory_says_how_much_was_asked_for_and_what_to_do()
    {
        var cuda = FakeCuda.Create();
        FakeCuda.Fail(2);
        Assert.That(() => new PinnedMemory(cuda, 1 << 20), Throws.TypeOf<CudaException>().With.Message.Contain("1048576 bytes of pinned host memory").And.Message.Contain("fewer templates"));
    }

    [Test]
    public void An_event_that_is_not_reached_is_no_fault()
    {
        var cuda = FakeCuda.Create();
        FakeCuda.Fail(600);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(cuda.IsDone(3), Is.False);
            Assert.That(cuda.IsDone(3), Is.True);
        }
    }

    [Test]
    public void A_device_is_described()
    {
        var cuda = FakeCuda.Create();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(cuda.NameOf(0), Is.EqualTo("Fake H100"));
            Assert.That(cuda.CapabilityOf(0), Is.EqualTo((9, 0)));
            Assert.That(cuda.MemoryOf(0), Is.EqualTo((60_000_000_000, 80_000_000_000)));
            Assert.That(cuda.Versions(), Is.EqualTo((13000, 13000)));
        }
    }

    [Test]
    public void Streams_copy_record_and_wait_in_the_order_of_the_calls()
    {
        var cuda = FakeCuda.Create();
        var (copies, computes) = (new CudaStream(cuda, 1), new CudaStream(cuda, 1, highPriority: true));
        using (var memory = new PinnedMemory(cuda, 64))
        using (var arrived = new CudaEvent(cuda, timed: true))
        {
            computes.MakeCurrent();
            copies.Copy(memory.Address + 32, memory.Address, 32);
            copies.Record(arrived);
            computes.WaitFor(arrived);
        }

        Assert.That(FakeCuda.Calls, Is.EqualTo(new[]
        {
            "stream 100 of 1", "stream 101 of 1 high", "pin 64", "event 102 timed", "device 1", "use 101 of 1",
            "100 copies 32 in direction 4", "100 records 102", "101 waits for 102", "free event 102", "unpin",
        }));
    }

    [Test]
    public void Everything_is_freed_once()
    {
        var cuda = FakeCuda.Create();
        var memory = new PinnedMemory(cuda, 100);
        var reached = new CudaEvent(cuda, timed: false);
        for (var i = 0; i < 2; i++)
        {
            memory.Dispose();
            reached.Dispose();
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(FakeCuda.Pinned, Is.Zero);
            Assert.That(FakeCuda.Calls.Count(static call => call.StartsWith("free event", StringComparison.Ordinal)), Is.EqualTo(1));
            Assert.That(() => reached.IsDone, Throws.TypeOf<ObjectDisposedException>());
        }
    }
}
