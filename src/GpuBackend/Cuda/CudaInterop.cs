using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Text;
using SimServe.GpuBackend.Native;

namespace SimServe.GpuBackend.Cuda;

/// <summary>All that is called of CUDA directly: streams of libtorch's pool, events, pinned memory, copies, memory sizes.</summary>
/// <remarks>
/// TorchSharp has none of these. Streams must be libtorch's, or its memory allocator would not know of them: they come from the C interface of
/// libtorch_cuda (torch/csrc/stable/c/shim.h of PyTorch 2.10). The rest comes from the copy of the CUDA runtime that libtorch_cuda has loaded into the
/// process (CUDA Runtime API, sections 5.4 to 5.9); a second copy would have contexts of its own. A function that is missing is listed in
/// <see cref="Missing"/> and makes calls of it fail with its name; nothing else fails.
/// </remarks>
internal sealed unsafe class CudaInterop
{
    private const int NotReady = 600;
    private const int OutOfMemory = 2;
    private const int WithoutTiming = 2;
    private const int AnyDirection = 4;
    private const int PropertiesBytes = 4096;
    private const int NameBytes = 256;
    private const int CapabilityMajor = 75;
    private const int CapabilityMinor = 76;

    private static readonly string[] TorchFunctions =
    [
        "torch_get_cuda_stream_from_pool",
        "torch_set_current_cuda_stream",
        "aoti_torch_get_current_cuda_stream",
    ];

    private static readonly string[] RuntimeFunctions =
    [
        "cudaStreamSynchronize",
        "cudaStreamWaitEvent",
        "cudaEventCreateWithFlags",
        "cudaEventDestroy",
        "cudaEventRecord",
        "cudaEventQuery",
        "cudaEventSynchronize",
        "cudaEventElapsedTime",
        "cudaHostAlloc",
        "cudaFreeHost",
        "cudaMemcpyAsync",
        "cudaMemGetInfo",
        "cudaGetDeviceCount",
        "cudaSetDevice",
        "cudaGetDeviceProperties",
        "cudaDeviceGetAttribute",
        "cudaRuntimeGetVersion",
        "cudaDriverGetVersion",
        "cudaGetErrorString",
        "cudaGetLastError",
    ];

    private static readonly Lazy<CudaInterop?> Shared = new(static () =>
        LibTorch.Load().Cuda && LoadedLibraries.Find("libcudart") is { } runtime ? new CudaInterop(ExportsOf(LibTorch.Cuda), ExportsOf(NativeLibrary.Load(runtime))) : null);

    private readonly FrozenDictionary<string, nint> _functions;

    /// <summary>Looks all functions up.</summary>
    /// <param name="torch">Address of a function of libtorch_cuda by its name, 0 when there is none.</param>
    /// <param name="runtime">The same of the CUDA runtime.</param>
    public CudaInterop(Func<string, nint> torch, Func<string, nint> runtime)
    {
        var found = TorchFunctions.Select(name => (Name: name, Address: torch(name)))
            .Concat(RuntimeFunctions.Select(name => (Name: name, Address: runtime(name) is var address && address != 0 ? address : runtime($"{name}_v2"))))
            .ToList();
        _functions = found.ToFrozenDictionary(static function => function.Name, static function => function.Address);
        Missing = [.. found.Where(static function => function.Address == 0).Select(static function => function.Name)];
    }

    /// <summary>CUDA in this process, or <c>null</c> where libtorch has no CUDA library or that has loaded no CUDA runtime.</summary>
    public static CudaInterop? Process => Shared.Value;

    /// <summary>Functions that were not found: of libtorch_cuda, then of the runtime.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>Devices that the driver shows.</summary>
    public int DeviceCount()
    {
        int count;
        Check(((delegate* unmanaged<int*, int>)Function("cudaGetDeviceCount"))(&count), "cudaGetDeviceCount");
        return count;
    }

    /// <summary>Versions of the driver's and the runtime's CUDA, e.g. 13000 for 13.0.</summary>
    public (int Driver, int Runtime) Versions()
    {
        int driver, runtime;
        Check(((delegate* unmanaged<int*, int>)Function("cudaDriverGetVersion"))(&driver), "cudaDriverGetVersion");
        Check(((delegate* unmanaged<int*, int>)Function("cudaRuntimeGetVersion"))(&runtime), "cudaRuntimeGetVersion");
        return (driver, runtime);
    }

    /// <summary>A device's name, e.g. <c>NVIDIA H100 80GB HBM3</c>.</summary>
    /// <remarks>The name is the first field of the properties in every version of CUDA; nothing behind it is read.</remarks>
    public string NameOf(int device)
    {
        var properties = stackalloc byte[PropertiesBytes];
        Check(((delegate* unmanaged<byte*, int, int>)Function("cudaGetDeviceProperties"))(properties, device), "cudaGetDeviceProperties");
        var name = new ReadOnlySpan<byte>(properties, NameBytes);
        return Encoding.UTF8.GetString(name[..Math.Max(0, name.IndexOf((byte)0))]);
    }

    /// <summary>A device's compute capability, e.g. (9, 0).</summary>
    public (int Major, int Minor) CapabilityOf(int device)
    {
        int major, minor;
        Check(((delegate* unmanaged<int*, int, int, int>)Function("cudaDeviceGetAttribute"))(&major, CapabilityMajor, device), "cudaDeviceGetAttribute");
        Check(((delegate* unmanaged<int*, int, int, int>)Function("cudaDeviceGetAttribute"))(&minor, CapabilityMinor, device), "cudaDeviceGetAttribute");
        return (major, minor);
    }

    /// <summary>A device's memory, bytes; makes it the calling thread's.</summary>
    public (long Free, long Total) MemoryOf(int device)
    {
        nuint free, total;
        UseDevice(device);
        Check(((delegate* unmanaged<nuint*, nuint*, int>)Function("cudaMemGetInfo"))(&free, &total), "cudaMemGetInfo");
        return ((long)free, (long)total);
    }

    /// <summary>Makes a device the calling thread's.</summary>
    public void UseDevice(int device) => Check(((delegate* unmanaged<int, int>)Function("cudaSetDevice"))(device), "cudaSetDevice");

    /// <summary>A stream of libtorch's pool, which is never freed.</summary>
    public nint StreamOf(int device, bool highPriority)
    {
        nint stream;
        CheckTorch(((delegate* unmanaged<byte, int, nint*, int>)Function("torch_get_cuda_stream_from_pool"))((byte)(highPriority ? 1 : 0), device, &stream), "torch_get_cuda_stream_from_pool");
        return stream;
    }

    /// <summary>The stream on which libtorch works for the calling thread.</summary>
    public nint CurrentStream(int device)
    {
        nint stream;
        CheckTorch(((delegate* unmanaged<int, nint*, int>)Function("aoti_torch_get_current_cuda_stream"))(device, &stream), "aoti_torch_get_current_cuda_stream");
        return stream;
    }

    /// <summary>Lets libtorch work on a stream for the calling thread.</summary>
    public void UseStream(nint stream, int device) =>
        CheckTorch(((delegate* unmanaged<nint, int, int>)Function("torch_set_current_cuda_stream"))(stream, device), "torch_set_current_cuda_stream");

    /// <summary>Waits on the calling thread until a stream has done all its work.</summary>
    public void Synchronize(nint stream) => Check(((delegate* unmanaged<nint, int>)Function("cudaStreamSynchronize"))(stream), "cudaStreamSynchronize");

    /// <summary>Lets a stream wait for an event; the calling thread goes on.</summary>
    public void Wait(nint stream, nint until) => Check(((delegate* unmanaged<nint, nint, uint, int>)Function("cudaStreamWaitEvent"))(stream, until, 0), "cudaStreamWaitEvent");

    /// <summary>A new event.</summary>
    /// <param name="timed">Whether the time between it and others will be asked for; untimed ones are cheaper.</param>
    public nint NewEvent(bool timed)
    {
        nint created;
        Check(((delegate* unmanaged<nint*, uint, int>)Function("cudaEventCreateWithFlags"))(&created, timed ? 0u : WithoutTiming), "cudaEventCreateWithFlags");
        return created;
    }

    /// <summary>Frees an event.</summary>
    public void FreeEvent(nint used) => Check(((delegate* unmanaged<nint, int>)Function("cudaEventDestroy"))(used), "cudaEventDestroy");

    /// <summary>Puts an event behind all that a stream has been given.</summary>
    public void Record(nint at, nint stream) => Check(((delegate* unmanaged<nint, nint, int>)Function("cudaEventRecord"))(at, stream), "cudaEventRecord");

    /// <summary>Whether a stream has reached an event.</summary>
    public bool IsDone(nint at)
    {
        var code = ((delegate* unmanaged<nint, int>)Function("cudaEventQuery"))(at);
        if (code != NotReady)
        {
            Check(code, "cudaEventQuery");
        }

        return code != NotReady;
    }

    /// <summary>Waits on the calling thread until a stream has reached an event.</summary>
    public void WaitFor(nint at) => Check(((delegate* unmanaged<nint, int>)Function("cudaEventSynchronize"))(at), "cudaEventSynchronize");

    /// <summary>Seconds between two timed events that streams have reached; resolution about half a microsecond.</summary>
    public double SecondsBetween(nint first, nint second)
    {
        float milliseconds;
        Check(((delegate* unmanaged<float*, nint, nint, int>)Function("cudaEventElapsedTime"))(&milliseconds, first, second), "cudaEventElapsedTime");
        return milliseconds / 1e3;
    }

    /// <summary>Host memory that devices copy from without a detour and without holding up the calling thread.</summary>
    /// <param name="bytes">Bytes, at least 1.</param>
    public nint AllocatePinned(long bytes)
    {
        nint memory;
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        Check(((delegate* unmanaged<nint*, nuint, uint, int>)Function("cudaHostAlloc"))(&memory, (nuint)bytes, 0), "cudaHostAlloc", $" for {bytes} bytes of pinned host memory");
        return memory;
    }

    /// <summary>Frees pinned memory.</summary>
    public void FreePinned(nint memory) => Check(((delegate* unmanaged<nint, int>)Function("cudaFreeHost"))(memory), "cudaFreeHost");

    /// <summary>Copies on a stream, between host and device in either direction.</summary>
    public void Copy(nint destination, nint source, long bytes, nint stream) =>
        Check(((delegate* unmanaged<nint, nint, nuint, int, nint, int>)Function("cudaMemcpyAsync"))(destination, source, (nuint)bytes, AnyDirection, stream), "cudaMemcpyAsync");

    private static Func<string, nint> ExportsOf(nint library) => name => NativeLibrary.TryGetExport(library, name, out var address) ? address : 0;

    private nint Function(string name) => _functions[name] is var address && address != 0
        ? address
        : throw new CudaException($"{name} is missing in this libtorch or CUDA runtime; 'simserve doctor' says what was found.");

    private void Check(int code, string call, string what = "")
    {
        if (code == 0)
        {
            return;
        }

        // Failed calls leave their code behind, which libtorch would take for its own.
        if (_functions["cudaGetLastError"] is var lastError && lastError != 0)
        {
            _ = ((delegate* unmanaged<int>)lastError)();
        }

        throw new CudaException($"{call}{what} failed: {TextOf(code)}.{(code == OutOfMemory ? " Serve fewer or smaller models, smaller batches or fewer templates on this device." : string.Empty)}");
    }

    private static void CheckTorch(int code, string call)
    {
        if (code != 0)
        {
            throw new CudaException($"{call} failed; libtorch has written the reason to standard error.");
        }
    }

    private string TextOf(int code) => _functions["cudaGetErrorString"] is var text && text != 0
        ? $"{Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<int, byte*>)text)(code))} (CUDA error {code})"
        : $"CUDA error {code}";
}
