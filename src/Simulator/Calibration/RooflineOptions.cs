using SimServe.Policies;

namespace SimServe.Simulator.Calibration;

/// <summary>What a <see cref="RooflineCostModel"/> assumes beyond a device's specification.</summary>
public sealed record RooflineOptions
{
    /// <summary>Share of the peak rate that blocks reach, in (0, 1].</summary>
    /// <value>0.5: an assumption, not a measurement.</value>
    public double Efficiency { get; init; } = 0.5;

    /// <summary>Least time of one block, spent on launching its kernels; not negative.</summary>
    /// <value>0.1 ms, an assumption: about twenty kernels of 5 us.</value>
    public TimeSpan LaunchFloor { get; init; } = TimeSpan.FromMicroseconds(100);

    /// <summary>Time of a step outside its blocks; not negative.</summary>
    /// <value>1 ms.</value>
    public TimeSpan StepOverhead { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Time to prepare one request; not negative.</summary>
    /// <value><c>null</c>: what the model's text encoders take, or 20 ms for a model that states no stages.</value>
    public TimeSpan? Encode { get; init; }

    /// <summary>Time to turn one request's latents into its image; not negative.</summary>
    /// <value><c>null</c>: what the model's image decoder takes, or 50 ms for a model that states no stages.</value>
    public TimeSpan? Decode { get; init; }

    /// <summary>Preparing a request to a model that states no stages: an assumption.</summary>
    internal static TimeSpan UnstatedEncode => TimeSpan.FromMilliseconds(20);

    /// <summary>Decoding an image of a model that states no stages: an assumption.</summary>
    internal static TimeSpan UnstatedDecode => TimeSpan.FromMilliseconds(50);

    /// <summary>Everything that is wrong with the options and a device, in words.</summary>
    /// <param name="device">The device.</param>
    internal IEnumerable<string> Faults(DeviceSpec device) =>
    [
        .. Rate(nameof(device.PeakFlopsPerSecond), device.PeakFlopsPerSecond, "FLOP/s"),
        .. Rate(nameof(device.LinkBytesPerSecond), device.LinkBytesPerSecond, "bytes/s"),
        .. Efficiency is > 0 and <= 1 ? Array.Empty<string>() : [$"{nameof(Efficiency)} is {Efficiency} but must be greater than 0 and at most 1."],
        .. Length(nameof(LaunchFloor), LaunchFloor),
        .. Length(nameof(StepOverhead), StepOverhead),
        .. Length(nameof(Encode), Encode),
        .. Length(nameof(Decode), Decode),
    ];

    private static string[] Rate(string name, double value, string unit) =>
        double.IsFinite(value) && value > 0 ? [] : [$"{name} is {value} {unit} but must be finite and greater than 0."];

    private static string[] Length(string name, TimeSpan? value) =>
        value is null || value >= TimeSpan.Zero ? [] : [$"{name} is {value} but must not be negative."];
}
