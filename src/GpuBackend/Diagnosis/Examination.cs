using SimServe.GpuBackend.Cuda;
using SimServe.GpuBackend.Native;

namespace SimServe.GpuBackend.Diagnosis;

/// <summary>Looks at what models can run on in this process: native Torch, the processor, CUDA and its devices.</summary>
public static class Examination
{
    private const int Shown = 4;

    /// <summary>Looks at everything; what is missing is a finding, not an exception.</summary>
    public static IReadOnlyList<Finding> Run()
    {
        LibTorchInfo torch;
        try
        {
            torch = LibTorch.Load();
        }
        catch (LibTorchNotFoundException fault)
        {
            return [new Finding(null, "native Torch", Verdict.Broken, fault.Message, "Nothing that runs a model works; what only simulates does.")];
        }

        return [Torch(torch), Bridge(torch), ProcessorExamination.Run(), .. CudaExamination.Run(torch, CudaInterop.Process, CudaTrial.Run)];
    }

    private static Finding Torch(LibTorchInfo torch) => new(null, "native Torch", Verdict.Works, torch.ToString());

    private static Finding Bridge(LibTorchInfo torch)
    {
        var missing = BridgeCompatibility.Missing(torch.Bridge, LoadedLibraries.Paths());
        return missing.Count == 0
            ? new Finding(null, "TorchSharp's library", Verdict.Works, "finds every function that it needs")
            : new Finding(
                null,
                "TorchSharp's library",
                Verdict.Limited,
                $"{missing.Count} functions that it needs are missing: {Names(missing)}",
                "It was built for libtorch 2.10: a call of a missing function ends the process. Run the tests on this libtorch before you trust it.");
    }

    /// <summary>The first names of a list, and how many more there are.</summary>
    internal static string Names(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(Shown)) + (names.Count > Shown ? $" and {names.Count - Shown} more" : string.Empty);
}
