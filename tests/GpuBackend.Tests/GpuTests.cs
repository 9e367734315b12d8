using SimServe.GpuBackend.Native;

namespace SimServe.GpuBackend.Tests;

// What tests that need a CUDA device do where there is none.
internal static class GpuTests
{
    public static void SkipWithoutCuda()
    {
        var torch = LibTorch.Load();
        if (!torch.Cuda)
        {
            Assert.Ignore($"no CUDA: {torch}; set SIMSERVE_LIBTORCH to a libtorch with CUDA on a machine with an NVIDIA GPU");
        }

        if (!TorchSharp.torch.cuda.is_available())
        {
            Assert.Ignore($"no CUDA device: {torch} finds none");
        }
    }
}
