using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using SimServe.GpuBackend.Cuda;

namespace SimServe.GpuBackend.Tests.Cuda;

// A CUDA runtime without a device: streams are numbers, work is done at once, and every call is noted. One at a time.
internal static unsafe class FakeCuda
{
    private static readonly List<string> CallsMade = [];
    private static int _nextHandle;
    private static int _failWith;

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

    public static IReadOnlyList<string> Calls => CallsMade;

    // Bytes of pinned memory that were allocated and not freed.
    public static long Pinned { get; private set; }

    public static int DriverVersion { get; set; }

    // A fresh runtime in which some functions are missing.
    public static CudaInterop Create(params string[] missing)
    {
        CallsMade.Clear();
        (_nextHandle, _failWith, Pinned, DriverVersion) = (100, 0, 0, 13000);
        nint Find(string name) => missing.Contains(name) || missing.Contains(name.Replace("_v2", "", StringComparison.Ordinal)) ? 0 : Functions.GetValueOrDefault(name);
        return new CudaInterop(Find, Find);
    }

    // The next call that can fail does.
    public static void Fail(int code) => _failWith = code;

    private static int Done(string call)
    {
        CallsMade.Add(call);
        var code = _failWith;
        _failWith = 0;
        return code;
    }

    [UnmanagedCallersOnly]
    private static int StreamFromPool(byte high, int device, nint* stream)
    {
        *stream = _nextHandle++;
        return Done($"stream {*stream} of {device}{(high == 1 ? " high" : "")}");
    }

    [UnmanagedCallersOnly]
    private static int SetStream(nint stream, int device) => Done($"use {stream} of {device}");

    [UnmanagedCallersOnly]
    private static int CurrentStream(int device, nint* stream)
    {
        *stream = 7;
        return Done($"current of {device}");
    }

    [UnmanagedCallersOnly]
    private static int Synchronize(nint stream) => Done($"synchronize {stream}");

    [UnmanagedCallersOnly]
    private static int WaitEvent(nint stream, nint until, uint flags) => Done($"{stream} waits for {until}");

    [UnmanagedCallersOnly]
    private static int CreateEvent(nint* created, uint flags)
    {
        *created = _nextHandle++;
        return Done($"event {*created}{(flags == 0 ? " timed" : "")}");
    }

    [UnmanagedCallersOnly]
    private static int DestroyEvent(nint used) => Done($"free event {used}");

    [UnmanagedCallersOnly]
    private static int RecordEvent(nint at, nint stream) => Done($"{stream} records {at}");

    [UnmanagedCallersOnly]
    private static int QueryEvent(nint at) => Done($"ask {at}");

    [UnmanagedCallersOnly]
    private static int WaitForEvent(nint at) => Done($"wait for {at}");

    [UnmanagedCallersOnly]
    private static int Elapsed(float* milliseconds, nint first, nint second)
    {
        *milliseconds = second - first;
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
            Pinned += (long)bytes;
        }

        return code;
    }

    [UnmanagedCallersOnly]
    private static int Free(nint memory)
    {
        var start = memory - sizeof(long);
        Pinned -= *(long*)start;
        NativeMemory.Free((void*)start);
        return Done("unpin");
    }

    [UnmanagedCallersOnly]
    private static int Copy(nint destination, nint source, nuint bytes, int direction, nint stream)
    {
        NativeMemory.Copy((void*)source, (void*)destination, bytes);
        return Done($"{stream} copies {bytes} in direction {direction}");
    }

    [UnmanagedCallersOnly]
    private static int Memory(nuint* free, nuint* total)
    {
        (*free, *total) = (unchecked((nuint)60_000_000_000), unchecked((nuint)80_000_000_000));
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
