using System.Globalization;
using SimServe.GpuBackend.Cuda;
using SimServe.GpuBackend.Native;

namespace SimServe.GpuBackend.Diagnosis;

/// <summary>Looks at CUDA: its library, driver, devices, and the functions that TorchSharp does not offer.</summary>
internal static class CudaExamination
{
    private const string About = "cuda";
    private const string WithoutCuda = "Models run on the processor; --device cuda is refused.";
    private const double Gigabyte = 1e9;

    /// <summary>Looks at CUDA.</summary>
    /// <param name="torch">What was loaded.</param>
    /// <param name="cuda">CUDA in this process, or <c>null</c>.</param>
    /// <param name="trial">Tries a device: what went wrong, or <c>null</c>.</param>
    public static IReadOnlyList<Finding> Run(LibTorchInfo torch, CudaInterop? cuda, Func<CudaInterop, int, string?> trial)
    {
        if (!torch.Cuda)
        {
            return [new Finding(About, "CUDA", Verdict.Absent, $"{torch.Folder} holds no libtorch_cuda.so", $"{WithoutCuda} Set {NativeFolders.Variable} to a libtorch with CUDA, e.g. an installed PyTorch's torch/lib.")];
        }

        if (cuda is null)
        {
            return [new Finding(About, "CUDA runtime", Verdict.Broken, "libtorch_cuda.so has loaded no libcudart", WithoutCuda)];
        }

        try
        {
            var driver = Versions(cuda);
            return driver.Verdict == Verdict.Works ? [driver, Functions(cuda), .. Devices(cuda, trial), Graphs()] : [driver];
        }
        catch (CudaException fault)
        {
            return [new Finding(About, "CUDA driver", Verdict.Broken, fault.Message, $"{WithoutCuda} Check the NVIDIA driver with nvidia-smi.")];
        }
    }

    private static Finding Versions(CudaInterop cuda)
    {
        var (driver, runtime) = cuda.Versions();
        if (driver == 0)
        {
            return new Finding(About, "CUDA driver", Verdict.Absent, "none is installed", WithoutCuda);
        }

        // Within a major version drivers and runtimes fit each other (CUDA Compatibility, "Minor Version Compatibility").
        var found = $"driver for CUDA {Text(driver)}, runtime {Text(runtime)}";
        return driver / 1000 >= runtime / 1000
            ? new Finding(About, "CUDA driver", Verdict.Works, found)
            : new Finding(About, "CUDA driver", Verdict.Broken, found, $"The driver is too old for this libtorch. {WithoutCuda}");
    }

    private static Finding Functions(CudaInterop cuda) => cuda.Missing.Count == 0
        ? new Finding(About, "streams, events, pinned memory", Verdict.Works, "every function is there")
        : new Finding(
            About,
            "streams, events, pinned memory",
            Verdict.Limited,
            $"missing: {Examination.Names(cuda.Missing)}",
            "Copies beside computation need all of them: take libtorch 2.10 or later.");

    private static IEnumerable<Finding> Devices(CudaInterop cuda, Func<CudaInterop, int, string?> trial)
    {
        var count = cuda.DeviceCount();
        return count == 0
            ? [new Finding(About, "CUDA device", Verdict.Absent, "none is visible", WithoutCuda)]
            : Enumerable.Range(0, count).Select(device => Device(cuda, device, trial(cuda, device)));
    }

    private static Finding Device(CudaInterop cuda, int device, string? fault)
    {
        var (major, minor) = cuda.CapabilityOf(device);
        var (free, total) = cuda.MemoryOf(device);
        var described = string.Create(
            CultureInfo.InvariantCulture, $"{cuda.NameOf(device)}, compute capability {major}.{minor}, {free / Gigabyte:0.0} of {total / Gigabyte:0.0} GB free");
        return new Finding(About, $"cuda:{device}", fault is null ? Verdict.Works : Verdict.Broken, $"{described}{(fault is null ? "; bytes came back right over two streams" : string.Empty)}", fault);
    }

    private static Finding Graphs() => new(
        About,
        "CUDA graphs", Verdict.Limited, "not used", "Launches are not captured: libtorch's memory allocator would have to know of the capture, and offers no function for it.");

    // 13010 is 13.1.
    private static string Text(int version) => $"{version / 1000}.{version % 1000 / 10}";
}
