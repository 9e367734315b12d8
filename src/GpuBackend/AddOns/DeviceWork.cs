using TorchSharp;

namespace SimServe.GpuBackend.AddOns;

/// <summary>Work of threads that have no stream of their own.</summary>
internal static class DeviceWork
{
    /// <summary>Waits until what a thread has given to a CUDA device is done, so that streams of other threads may use it; nothing on the processor.</summary>
    /// <param name="device">The device.</param>
    public static void Finish(torch.Device device)
    {
        if (device.type == DeviceType.CUDA)
        {
            torch.cuda.synchronize(device);
        }
    }
}
