using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace SimServe.GpuBackend.Native;

/// <summary>Loads native Torch from a folder of our choice, before TorchSharp looks for it elsewhere.</summary>
/// <remarks>
/// The folder is the environment variable <c>SIMSERVE_LIBTORCH</c>, else the package's that the build recorded, else the program's own.
/// TorchSharp asks for its libraries by bare name; where the usual search fails, the runtime asks this class (decision 1 of the project's README).
/// </remarks>
public static class LibTorch
{
    private static readonly Lazy<Loaded> Native = new(LoadAll, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>Loads the libraries; only the first call does work. Safe to call from any thread.</summary>
    /// <returns>What was loaded from where.</returns>
    /// <exception cref="LibTorchNotFoundException">A file is missing or does not load; the message says what to do.</exception>
    public static LibTorchInfo Load() => Native.Value.Info;

    /// <summary>Handle of the loaded libtorch_cpu, for exports that TorchSharp does not use.</summary>
    internal static nint Processor => Native.Value.Cpu;

    /// <summary>Handle of the loaded libtorch_cuda, 0 where there is none.</summary>
    internal static nint Cuda => Native.Value.Cuda;

    [ModuleInitializer]
    [SuppressMessage(
        "Usage",
        "CA2255",
        Justification = "TorchSharp may be touched before any of our types; only an event handler is registered here, nothing is loaded.")]
    internal static void AnswerTorchSharp() => AssemblyLoadContext.Default.ResolvingUnmanagedDll += Resolve;

    private static nint Resolve(Assembly assembly, string name) => name switch
    {
        "torch_cpu" => Native.Value.Cpu,
        "torch_cuda" => Native.Value.Cuda,
        "LibTorchSharp" => Native.Value.Bridge,
        _ => 0,
    };

    private static Loaded LoadAll()
    {
        var folder = NativeFolders.Torch();
        var (bridge, patched) = NativeBridge.ForHost(Path.Combine(NativeFolders.Bridge(), NativeBridge.FileName), NativeBridge.UserCache());
        Open(folder, "libc10.so");
        var cpu = Open(folder, "libtorch_cpu.so");
        OpenIfThere(folder, "libc10_cuda.so");
        var cuda = OpenIfThere(folder, "libtorch_cuda.so");
        Open(folder, "libtorch.so");
        var handle = Open(Path.GetDirectoryName(bridge)!, NativeBridge.FileName);
        return new Loaded(cpu, cuda, handle, new LibTorchInfo(folder, bridge, patched, Version(cpu), cuda != 0));
    }

    private static nint OpenIfThere(string folder, string file) => File.Exists(Path.Combine(folder, file)) ? Open(folder, file) : 0;

    private static nint Open(string folder, string file)
    {
        var path = Path.Combine(NativeFolders.First(file, [folder]), file);
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception fault) when (fault is DllNotFoundException or BadImageFormatException)
        {
            throw new LibTorchNotFoundException(
                $"{path} does not load: {fault.Message} Set {NativeFolders.Variable} to a complete libtorch 2.10 for this machine.", fault);
        }
    }

    // The version is packed as one byte each: major, minor, patch, from the highest byte down.
    private static unsafe string Version(nint cpu)
    {
        if (!NativeLibrary.TryGetExport(cpu, "aoti_torch_abi_version", out var export))
        {
            return "unknown";
        }

        var packed = ((delegate* unmanaged<ulong>)export)();
        return $"{packed >> 56}.{(packed >> 48) & 0xff}.{(packed >> 40) & 0xff}";
    }

    private sealed record Loaded(nint Cpu, nint Cuda, nint Bridge, LibTorchInfo Info);
}
