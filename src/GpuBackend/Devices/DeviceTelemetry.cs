using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace SimServe.GpuBackend.Devices;

/// <summary>What real devices tell monitoring, on the clock on the wall: a meter and a source of activities named <see cref="Name"/>.</summary>
/// <remarks>
/// Simulated time never goes here. Tags are the device's name and, of steps, the batch's size, both of few values. Instruments that nobody listens to cost a comparison.
/// Units follow UCUM, as OpenTelemetry asks.
/// </remarks>
public static class DeviceTelemetry
{
    /// <summary>Name of the meter and of the activities' source.</summary>
    public const string Name = "SimServe.Gpu";

    private static readonly Meter Meter = new(Name);
    private static readonly ActivitySource Activities = new(Name);
    private static readonly Histogram<double> BatchDuration = Meter.CreateHistogram<double>("simserve.batch.duration", "s", "Steps of one batch without a change of its members.");
    private static readonly Histogram<double> StepDuration = Meter.CreateHistogram<double>("simserve.step.duration", "s", "One denoising step of a batch.");
    private static readonly Histogram<double> StepWait = Meter.CreateHistogram<double>("simserve.step.wait", "s", "Time in a step in which computation waited for cached rows.");
    private static readonly Counter<long> Loaded = Meter.CreateCounter<long>("simserve.cache.loaded", "By", "Cached rows that came over the link.");
    private static readonly Counter<long> Failures = Meter.CreateCounter<long>("simserve.device.failures", "{failure}", "Devices that failed.");

    internal static Activity? Denoising(string device, int members)
    {
        var activity = Activities.StartActivity("denoise");
        activity?.SetTag("simserve.device", device).SetTag("simserve.batch.size", members);
        return activity;
    }

    internal static void Step(string device, int members, StepTrace trace, long bytes)
    {
        var (on, size) = (Device(device), new KeyValuePair<string, object?>("simserve.batch.size", members));
        StepDuration.Record(trace.TotalSeconds, on, size);
        StepWait.Record(trace.WaitSeconds, on, size);
        Loaded.Add(bytes, on);
    }

    internal static void Batch(string device, TimeSpan duration) => BatchDuration.Record(duration.TotalSeconds, Device(device));

    internal static void Failed(string device) => Failures.Add(1, Device(device));

    private static KeyValuePair<string, object?> Device(string name) => new("simserve.device", name);
}
