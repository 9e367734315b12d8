using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Profiling;

namespace SimServe.Cli.Validation;

/// <summary>What serves: a kind of device, and the numbers that the model computes in there.</summary>
/// <param name="Device">One of <see cref="TorchNames.DeviceNames"/>.</param>
/// <param name="Type">One of <see cref="TorchNames.TypeNames"/>.</param>
internal sealed record ServingChoice(string Device, string Type)
{
    public static readonly ServingChoice Processor = new("cpu", "float32");

    public bool IsCuda => Device != Processor.Device;

    // The device's name in profiles: the GPU's own.
    public string ProfileName => IsCuda ? DeviceProbe.NameOf(TorchNames.Device(Device)) : Device;

    public string Precision => TorchNames.Precision(TorchNames.Type(Type));

    public string Environment => IsCuda ? DeviceProbe.Environment(TorchNames.Device(Device)) : CpuProbe.Environment();

    // For people: "2 CPU workers".
    public string Workers(int count) => $"{count} {Device.ToUpperInvariant()} workers";
}
