using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Profiles;

namespace SimServe.Simulator.Calibration;

/// <summary>A device's cost model worked out from its specification, for devices that nobody has measured.</summary>
/// <remarks>
/// <para>
/// A block takes the longer of its launch floor and operations / (efficiency * peak rate); a load takes bytes / link bandwidth; a step's overhead adds the
/// operations outside its blocks. Encoding is the text encoders' operations for each branch's prompt, decoding the image decoder's; recording a template
/// takes the image encoder's and its plain steps.
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
    private readonly ModelShape _model;
    private readonly CostsBySize _sizes;

    /// <summary>Creates the model.</summary>
    /// <param name="device">The device: peak rate in FLOP/s, link bandwidth in bytes/s, both finite and greater than 0.</param>
    /// <param name="model">The model that is served: its plain step is what recording a template repeats.</param>
    /// <param name="options">What is assumed beyond the specification.</param>
    /// <exception cref="ArgumentException">Values are out of range; the message lists all of them.</exception>
    public RooflineCostModel(DeviceSpec device, ModelShape model, RooflineOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        string[] faults = [.. options.Faults(device)];
        if (faults.Length > 0)
        {
            throw new ArgumentException($"The roofline of {device.Name} is invalid: {string.Join(' ', faults)}");
        }

        _options = options;
        _flopsPerSecond = device.PeakFlopsPerSecond * options.Efficiency;
        _bytesPerSecond = device.LinkBytesPerSecond;
        _model = model;
        _sizes = new CostsBySize(shape => new RooflineCostModel(device, shape, options));
        Encode = options.Encode ?? Stage(StageKind.TextEncoding, model.Branches, RooflineOptions.UnstatedEncode);
        Decode = options.Decode ?? Stage(StageKind.ImageDecoding, 1, RooflineOptions.UnstatedDecode);
    }

    /// <summary>Where its numbers come from.</summary>
    /// <value><see cref="Provenance.Analytic"/>: reports must say so.</value>
    public static Provenance Provenance => Provenance.Analytic;

    /// <inheritdoc/>
    public TimeSpan Encode { get; }

    /// <inheritdoc/>
    public TimeSpan Decode { get; }

    /// <inheritdoc/>
    public TimeSpan Compute(BlockKind kind, in Work work)
    {
        var time = Operations(work);
        return time > _options.LaunchFloor ? time : _options.LaunchFloor;
    }

    /// <inheritdoc/>
    public TimeSpan Load(long bytes) => Duration.FromSeconds(bytes / _bytesPerSecond);

    /// <inheritdoc/>
    public TimeSpan StepOverhead(int members) => _options.StepOverhead + Operations(_model.Outside.Times(members * _model.Branches));

    /// <inheritdoc/>
    public TimeSpan Record(int steps) => Stage(StageKind.ImageEncoding, 1, TimeSpan.Zero) + (steps * PlainStep());

    /// <inheritdoc/>
    /// <remarks>An encoding or a decoding that <see cref="RooflineOptions"/> state is the same at every size.</remarks>
    public ICostModel At(ModelShape model) => ReferenceEquals(model, _model) ? this : _sizes.Of(model);

    private TimeSpan PlainStep() => _model.Blocks.Aggregate(
        StepOverhead(1), (time, block) => time + Compute(block.Kind, block.PlainWork().Times(_model.Branches)));

    private TimeSpan Stage(StageKind kind, int times, TimeSpan unstated) =>
        _model.Stages.Count > 0 ? Operations(_model.StageWork(kind).Times(times)) : unstated;

    private TimeSpan Operations(in Work work) => Duration.FromSeconds(work.Flops / _flopsPerSecond);
}
