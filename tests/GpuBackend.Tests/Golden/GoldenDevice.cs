using SimServe.GpuBackend.Devices;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Golden;

/// <summary>Where the models of golden cases run: <c>SIMSERVE_TEST_DEVICE</c>, the processor where it is not set.</summary>
internal static class GoldenDevice
{
    public const string Variable = "SIMSERVE_TEST_DEVICE";

    private static readonly Lazy<Device> Chosen = new(static () =>
    {
        var device = TorchNames.Device(Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } name ? name : "cpu");

        // Convolutions may round to 10 bits otherwise, which the reference did not.
        backends.cudnn.allow_tf32 = false;
        backends.cuda.matmul.allow_tf32 = false;
        return device;
    });

    public static Device Current => Chosen.Value;
}
