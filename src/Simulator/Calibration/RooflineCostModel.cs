using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Profiles;

namespace SimServe.Simulator.Calibration;

/// <summary>A device's cost model worked out from its specification, for devices that nobody has measured.</summary>
/// <remarks>
/// <para>
/// A block takes the longer of its launch floor and operations / (efficiency * peak rate); a load takes bytes / link bandwidth; recording a
/// template takes its plain steps.
/// </para>
/// <para>
/// Source: Williams, Waterman and Patterson, "Roofline" (2009). Simplified: the memory roof is left out, because
/// <see cref="DeviceSpec"/> does not hold the memory bandwidth, and even the masked blocks of a large model have hundreds of rows (the text
/// tokens) for each weight read; small models, few text tokens and small masks are faster here than they are. One efficiency serves both kinds
/// of block, all batch sizes, matrix products and attention alike, so batching gains nothing here but the floors.
/// </para>
/// </remarks>
public sealed class RooflineCostModel : ICostModel
{
    private readonly RooflineOptions _options;
    private readonly double _flopsPerSecond;
    private readonly double _bytesPerSecond;
    private readonly TimeSpan _recordingStep;

    /// <summary>Creates the model.</summary>
    /// <param name="device">The device: peak rate in FLOP/s, link bandwidth in bytes/s, both finite and greater than 0.</param>
    /// <param name="model">The model that is served: its plain step is what recording a template repeats.</param>
    /// <param name="options">What is assumed beyond the specification.</param>
    /// <exception cref="ArgumentException">Values are out of range; the message lists all of them.</exception>
    public RooflineCostModel(DeviceSpec device, ModelShape model, RooflineOptions options)
    {
        string[] faults = [.. options.Faults(device)];
        if (faults.Length > 0)
        {
            throw new ArgumentException($"The roofline of {device.Name} is invalid: {string.Join(' ', faults)}");
        }

        _options = options;
        _flopsPerSecond = device.PeakFlopsPerSecond * options.Efficiency;
        _bytesPerSecond = device.LinkBytesPerSecond;
        _recordingStep = model.Blocks.Aggregate(StepOverhead(1), (time, block) => time + Compute(block.Kind, block.PlainWork()));
    }

    /// <summary>Where its numbers come from.</summary>
    /// <value><see cref="Provenance.Analytic"/>: reports must say so.</value>
    public static Provenance Provenance => Provenance.Analytic;

    /// <inheritdoc/>
    public TimeSpan Encode => _options.Encode;

    /// <inheritdoc/>
    public TimeSpan Decode => _options.Decode;

    /// <inheritdoc/>
    public TimeSpan Compute(BlockKind kind, in Work work)
    {
        var time = Duration.FromSeconds(work.Flops / _flopsPerSecond);
        return time > _options.LaunchFloor ? time : _options.LaunchFloor;
    }

    /// <inheritdoc/>
    public TimeSpan Load(long bytes) => Duration.FromSeconds(bytes / _bytesPerSecond);

    /// <inheritdoc/>
    public TimeSpan StepOverhead(int members) => _options.StepOverhead;

    /// <inheritdoc/>
    public TimeSpan Record(int steps) => steps * _recordingStep;
}
