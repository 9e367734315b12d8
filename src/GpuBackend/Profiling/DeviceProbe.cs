using SimServe.GpuBackend.Cuda;
using SimServe.GpuBackend.Devices;
using SimServe.Policies;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Profiling;

/// <summary>What a device that serves is, be it the processor or a GPU.</summary>
public static class DeviceProbe
{
    /// <summary>The device's name in profiles: <c>cpu</c>, or the GPU's.</summary>
    /// <param name="device">The device.</param>
    public static string NameOf(Device device) => IsCuda(device) ? Cuda.NameOf(Number(device)) : "cpu";

    /// <summary>The device as a kind of device, its peak measured now.</summary>
    /// <param name="device">The device.</param>
    /// <param name="type">Type that models compute in.</param>
    /// <param name="linkBytesPerSecond">Bandwidth that links of CPU workers keep to, bytes/s; a GPU's is measured.</param>
    public static DeviceSpec Spec(Device device, ScalarType type, double linkBytesPerSecond) =>
        IsCuda(device) ? Probe(device).Spec(type) : CpuProbe.Spec(linkBytesPerSecond);

    /// <summary>Devices and library versions in one line.</summary>
    /// <param name="device">The device.</param>
    public static string Environment(Device device) => IsCuda(device) ? Probe(device).Environment() : CpuProbe.Environment();

    /// <summary>CUDA devices that there are.</summary>
    /// <exception cref="DeviceFailedException">CUDA cannot be called.</exception>
    public static int CudaDevices() => Cuda.DeviceCount();

    private static CudaInterop Cuda => CudaInterop.Process
        ?? throw new DeviceFailedException("libtorch has loaded no CUDA runtime; 'simserve doctor --device cuda' says what was found.");

    private static bool IsCuda(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.type == DeviceType.CUDA;
    }

    private static int Number(Device device) => Math.Max(0, device.index);

    private static CudaProbe Probe(Device device) => new(Cuda, Number(device), device);
}
