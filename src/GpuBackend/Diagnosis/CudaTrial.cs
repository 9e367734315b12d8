using SimServe.GpuBackend.Cuda;
using SimServe.GpuBackend.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Diagnosis;

/// <summary>Tries a device: bytes go there on one stream, are changed on a second that waits for the first, and come back on the first.</summary>
internal static class CudaTrial
{
    private const int Values = 1 << 18;

    /// <summary>What went wrong, or <c>null</c>.</summary>
    public static string? Run(CudaInterop cuda, int device)
    {
#pragma warning disable CA1031 // Whatever goes wrong is what the trial is for.
        try
        {
            return ComesBack(cuda, device) ? null : "A copy to the device and back was changed on its way: do not use it.";
        }
        catch (Exception fault)
        {
            return fault.Message;
        }
#pragma warning restore CA1031
    }

    private static unsafe bool ComesBack(CudaInterop cuda, int device)
    {
        var before = cuda.CurrentStream(device);
        using var memory = new PinnedMemory(cuda, Values * sizeof(float));
        var host = new Span<float>((void*)memory.Address, Values);
        for (var i = 0; i < host.Length; i++)
        {
            host[i] = i;
        }

        try
        {
            Double(cuda, device, memory);
        }
        finally
        {
            cuda.UseStream(before, device);
        }

        for (var i = 0; i < host.Length; i++)
        {
            if (host[i] != 2f * i)
            {
                return false;
            }
        }

        return true;
    }

    private static void Double(CudaInterop cuda, int device, PinnedMemory memory)
    {
        var (copies, computes) = (new CudaStream(cuda, device), new CudaStream(cuda, device, highPriority: true));
        using var arrived = new CudaEvent(cuda, timed: false);
        using var computed = new CudaEvent(cuda, timed: false);
        computes.MakeCurrent();
        using var there = zeros(Values, dtype: ScalarType.Float32, device: new Device(DeviceType.CUDA, device));
        computes.Record(computed);
        copies.WaitFor(computed);
        copies.Copy(TensorAddress.Of(there), memory.Address, memory.Bytes);
        copies.Record(arrived);
        computes.WaitFor(arrived);
        there.mul_(2);
        computes.Record(computed);
        copies.WaitFor(computed);
        copies.Copy(memory.Address, TensorAddress.Of(there), memory.Bytes);
        copies.Synchronize();
    }
}
