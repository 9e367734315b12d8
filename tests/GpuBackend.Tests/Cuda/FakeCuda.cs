using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using SimServe.GpuBackend.Cuda;

namespace SimServe.GpuBackend.Tests.Cuda;

// A CUDA runtime without a device: host memory is device memory, copies are copies, events know the time, and every call is noted. One at a time.
// Work is done at once. With streams of their own, those that are no thread's current stream work in the background, as those of a device do: a copy
// that is not waited for is then really late, and one that comes too early really overwrites.
internal static unsafe class FakeCuda
{
    private static readonly Lock Gate = new();
    private static readonly List<string> CallsMade = [];
    private static readonly Dictionary<nint, FakeMark> Marks = [];
    private static readonly Dictionary<nint, FakeStream> Streams = [];
    private static readonly HashSet<nint> Current = [];
    private static int _nextHandle;
    private static int _failWith;
    private static string? _failAt;
    private static TimeSpan? _copyTime;

    private static readonly Dictionary<string, nint> Functions = new()
    {
        ["torch_get_cuda_stream_from_pool"] = (nint)(delegate* unmanaged<byte, int, nint*, int>)&StreamFromPool,
        ["torch_set_current_cuda_stream"] = (nint)(delegate* unmanaged<nint, int, int>)&SetStream,
        ["aoti_torch_get_current_cuda_stream"] = (nint)(delegate* unmanaged<int, nint*, int>)&CurrentStream,
        ["cudaStreamSynchronize"] = (nint)(delegate* unmanaged<nint, int>)&Synchronize,
        ["cudaStreamWaitEvent"] = (nint)(delegate* unmanaged<nint, nint, uint, int>)&WaitEvent,
        ["cudaEventCreateWithFlags"] = (nint)(delegate* unmanaged<nint*, uint, int>)&CreateEvent,
        ["cudaEventDestroy"] = (nint)(delegate* unmanaged<nint, int>)&DestroyEvent,
        ["cudaEventRecord"] = (nint)(delegate* unmanaged<nint, nint, int>)&RecordEvent,
        ["cudaEventQuery"] = (nint)(delegate* unmanaged<nint, int>)&QueryEvent,
        ["cudaEventSynchronize"] = (nint)(delegate* unmanaged<nint, int>)&WaitForEvent,
        ["cudaEventElapsedTime_v2"] = (nint)(delegate* unmanaged<float*, nint, nint, int>)&Elapsed,
        ["cudaHostAlloc"] = (nint)(delegate* unmanaged<nint*, nuint, uint, int>)&Allocate,
        ["cudaFreeHost"] = (nint)(delegate* unmanaged<nint, int>)&Free,
        ["cudaMemcpyAsync"] = (nint)(delegate* unmanaged<nint, nint, nuint, int, nint, int>)&Copy,
        ["cudaMemGetInfo"] = (nint)(delegate* unmanaged<nuint*, nuint*, int>)&Memory,
        ["cudaGetDeviceCount"] = (nint)(delegate* unmanaged<int*, int>)&Count,
        ["cudaSetDevice"] = (nint)(delegate* unmanaged<int, int>)&SetDevice,
        ["cudaGetDeviceProperties"] = (nint)(delegate* unmanaged<byte*, int, int>)&Properties,
        ["cudaDeviceGetAttribute"] = (nint)(delegate* unmanaged<int*, int, int, int>)&Attribute,
        ["cudaRuntimeGetVersion"] = (nint)(delegate* unmanaged<int*, int>)&Runtime,
        ["cudaDriverGetVersion"] = (nint)(delegate* unmanaged<int*, int>)&Driver,
        ["cudaGetErrorString"] = (nint)(delegate* unmanaged<int, byte*>)&ErrorText,
        ["cudaGetLastError"] = (nint)(delegate* unmanaged<int>)&LastError,
    };

    public static IReadOnlyList<string> Calls
    {
        get
        {
            lock (Gate)
            {
                return [.. CallsMade];
            }
        }
    }

    // Bytes of pinned memory that were allocated and not freed.
    public static long Pinned { get; private set; }

    public static int DriverVersion { get; set; }

    public static long FreeMemory { get; set; }

    // A fresh runtime in which some functions are missing.
    public static CudaInterop Create(params string[] missing)
    {
        foreach (var stream in Streams.Values)
        {
            stream.Dispose();
        }

        CallsMade.Clear();
        Marks.Clear();
        Streams.Clear();
        Current.Clear();
        (_nextHandle, _failWith, _failAt, Pinned, DriverVersion, FreeMemory, _copyTime) = (100, 0, null, 0, 13000, 60_000_000_000, null);
        nint Find(string name) => missing.Contains(name) || missing.Contains(name.Replace("_v2", "", StringComparison.Ordinal)) ? 0 : Functions.GetValueOrDefault(name);
        return new CudaInterop(Find, Find);
    }

    // A fresh runtime whose streams work in the background, and take a while for each copy.
    public static CudaInterop CreateWithStreams(TimeSpan copyTime)
    {
        var cuda = Create();
        _copyTime = copyTime;
        return cuda;
    }

    // The next call that can fail does.
    public static void Fail(int code) => (_failWith, _failAt) = (code, null);

    // The next call fails whose note has this in it.
    public static void FailAt(string call, int code) => (_failWith, _failAt) = (code, call);

    private static int Done(string call)
    {
        lock (Gate)
        {
            CallsMade.Add(call);
            if (_failAt is not null && !call.Contains(_failAt, StringComparison.Ordinal))
            {
                return 0;
            }

            var code = _failWith;
            (_failWith, _failAt) = (0, null);
            return code;
        }
    }

    // At once, or when the stream comes to it.
    private static int Do(nint stream, string call, Func<bool> work)
    {
        FakeStream? background = null;
        lock (Gate)
        {
            if (Done(call) is var code && code != 0)
            {
                return code;
            }

            if (_copyTime is not null && !Current.Contains(stream))
            {
                background = Streams.TryGetValue(stream, out var known) ? known : Streams[stream] = new FakeStream();
                background.Enqueue(work);
            }
        }

        return background is not null || work() ? 0 : FakeMark.TimedOut;
    }

    private static FakeMark? MarkOf(nint handle)
    {
        lock (Gate)
        {
            return Marks.GetValueOrDefault(handle);
        }
    }

    [UnmanagedCallersOnly]
    private static int StreamFromPool(byte high, int device, nint* stream)
    {
        *stream = Interlocked.Increment(ref _nextHandle) - 1;
        return Done($"stream {*stream} of {device}{(high == 1 ? " high" : "")}");
    }

    [UnmanagedCallersOnly]
    private static int SetStream(nint stream, int device)
    {
        lock (Gate)
        {
            Current.Add(stream);
            return Done($"use {stream} of {device}");
        }
    }

    [UnmanagedCallersOnly]
    private static int CurrentStream(int device, nint* stream)
    {
        *stream = 7;
        return Done($"current of {device}");
    }

    [UnmanagedCallersOnly]
    private static int Synchronize(nint stream)
    {
        var reached = new FakeMark();
        var code = Do(stream, $"synchronize {stream}", reached.Reach);
        return code != 0 ? code : reached.Wait() ? 0 : FakeMark.TimedOut;
    }

    [UnmanagedCallersOnly]
    private static int WaitEvent(nint stream, nint until, uint flags)
    {
        // As it is now: an event that was never recorded holds nothing up, and one that is recorded again later is waited for as it was.
        var mark = MarkOf(until);
        return Do(stream, $"{stream} waits for {until}", () => mark is null || mark.Wait());
    }

    [UnmanagedCallersOnly]
    private static int CreateEvent(nint* created, uint flags)
    {
        *created = Interlocked.Increment(ref _nextHandle) - 1;
        return Done($"event {*created}{(flags == 0 ? " timed" : "")}");
    }

    [UnmanagedCallersOnly]
    private static int DestroyEvent(nint used) => Done($"free event {used}");

    [UnmanagedCallersOnly]
    private static int RecordEvent(nint at, nint stream)
    {
        var mark = new FakeMark();
        lock (Gate)
        {
            Marks[at] = mark;
        }

        return Do(stream, $"{stream} records {at}", mark.Reach);
    }

    [UnmanagedCallersOnly]
    private static int QueryEvent(nint at) => Done($"ask {at}");

    [UnmanagedCallersOnly]
    private static int WaitForEvent(nint at)
    {
        var code = Done($"wait for {at}");
        return code != 0 ? code : MarkOf(at) is { } mark && !mark.Wait() ? FakeMark.TimedOut : 0;
    }

    [UnmanagedCallersOnly]
    private static int Elapsed(float* milliseconds, nint first, nint second)
    {
        var (start, end) = (MarkOf(first), MarkOf(second));
        if (start is not { IsReached: true } || end is not { IsReached: true })
        {
            return Done($"time of what is not reached from {first} to {second}") is var code && code != 0 ? code : 600;
        }

        *milliseconds = (float)(end.At - start.At).TotalMilliseconds;
        return Done($"time from {first} to {second}");
    }

    [UnmanagedCallersOnly]
    private static int Allocate(nint* memory, nuint bytes, uint flags)
    {
        var code = Done($"pin {bytes}");
        if (code == 0)
        {
            *memory = (nint)NativeMemory.Alloc(bytes + sizeof(long));
            *(long*)*memory = (long)bytes;
            *memory += sizeof(long);
            lock (Gate)
            {
                Pinned += (long)bytes;
            }
        }

        return code;
    }

    [UnmanagedCallersOnly]
    private static int Free(nint memory)
    {
        var start = memory - sizeof(long);
        lock (Gate)
        {
            Pinned -= *(long*)start;
        }

        NativeMemory.Free((void*)start);
        return Done("unpin");
    }

    [UnmanagedCallersOnly]
    private static int Copy(nint destination, nint source, nuint bytes, int direction, nint stream)
    {
        var time = _copyTime ?? TimeSpan.Zero;
        return Do(stream, $"{stream} copies {bytes} in direction {direction}", () =>
        {
            if (time > TimeSpan.Zero)
            {
                Thread.Sleep(time);
            }

            NativeMemory.Copy((void*)source, (void*)destination, bytes);
            return true;
        });
    }

    [UnmanagedCallersOnly]
    private static int Memory(nuint* free, nuint* total)
    {
        (*free, *total) = ((nuint)FreeMemory, unchecked((nuint)80_000_000_000));
        return Done("memory");
    }

    [UnmanagedCallersOnly]
    private static int Count(int* count)
    {
        *count = 1;
        return Done("count");
    }

    [UnmanagedCallersOnly]
    private static int SetDevice(int device) => Done($"device {device}");

    [UnmanagedCallersOnly]
    private static int Properties(byte* properties, int device)
    {
        Encoding.UTF8.GetBytes("Fake H100\0").CopyTo(new Span<byte>(properties, 4096));
        return Done($"properties of {device}");
    }

    [UnmanagedCallersOnly]
    private static int Attribute(int* value, int attribute, int device)
    {
        *value = attribute == 75 ? 9 : 0;
        return Done($"attribute {attribute} of {device}");
    }

    [UnmanagedCallersOnly]
    private static int Runtime(int* version)
    {
        *version = 13000;
        return Done("runtime version");
    }

    [UnmanagedCallersOnly]
    private static int Driver(int* version)
    {
        *version = DriverVersion;
        return Done("driver version");
    }

    [UnmanagedCallersOnly(CallConvs = [])]
    private static byte* ErrorText(int code) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference("reason of the fake"u8));

    [UnmanagedCallersOnly]
    private static int LastError()
    {
        CallsMade.Add("clear error");
        return 0;
    }
}
