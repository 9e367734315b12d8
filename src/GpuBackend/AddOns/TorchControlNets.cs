using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Models.UNets;
using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Costs;
using SimServe.Policies.Serving;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.AddOns;

/// <summary>A device that runs ControlNets for workers: on a compute thread of its own, beside the way down of their U-Nets.</summary>
/// <remarks>First come, first served; calls that wait for the same ControlNet are answered together, up to a number of images. Source: Katz (ATC '25), section 5.</remarks>
internal sealed class TorchControlNets : IControlNetService, IDisposable
{
    private const string Lost = "it failed as the scenario asks";

    private readonly ControlNetServiceOptions _options;
    private readonly IDeviceStreams _streams;
    private readonly ICostModel? _costs;
    private readonly WorkerThread _compute;
    private readonly ServedControlNets _nets;
    private readonly ControlLink? _in;
    private readonly ControlLink? _out;
    private readonly Lock _gate = new();
    private readonly List<Call> _queue = [];
    private volatile string? _fault;

    /// <summary>Creates a device and starts its threads.</summary>
    /// <param name="options">What it is.</param>
    /// <param name="library">The ControlNets.</param>
    /// <param name="device">Where it computes.</param>
    /// <param name="streams">Its streams.</param>
    /// <param name="costs">Predicted times, or <c>null</c> where nobody asks for any.</param>
    /// <param name="loop">The loop that calls it.</param>
    public TorchControlNets(ControlNetServiceOptions options, ControlNetLibrary library, Device device, IDeviceStreams streams, ICostModel? costs, WallClockLoop loop)
    {
        (_options, Device, _streams, _costs) = (options, device, streams, costs);
        _compute = new WorkerThread($"{options.Name} compute", () => streams.Enter(StreamRole.Compute));
        _nets = new ServedControlNets(options.Name, library, options.CapacityBytes, device, loop, () => Fault, _compute.Enqueue);
        if (options.BytesPerSecond is { } bandwidth)
        {
            _in = new ControlLink($"{options.Name} in", bandwidth, options.Latency);
            _out = new ControlLink($"{options.Name} out", bandwidth, options.Latency);
        }
    }

    /// <summary>Where it computes.</summary>
    public Device Device { get; }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public string? Fault => _fault ??= _options.IsLost?.Invoke() == true ? Lost : null;

    /// <inheritdoc/>
    public bool Holds(int controlNet) => _nets.Holds(controlNet);

    /// <inheritdoc/>
    public Pending<DeviceReport> Load(int controlNet) => _nets.Load(controlNet);

    /// <inheritdoc/>
    public void Pin(int controlNet) => _nets.Pin(controlNet);

    /// <inheritdoc/>
    public void Unpin(int controlNet) => _nets.Unpin(controlNet);

    /// <inheritdoc/>
    public TimeSpan Answer(ModelShape model, int images)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (_costs is null || model.ControlNet is not { } net)
        {
            return TimeSpan.Zero;
        }

        var time = net.Time(_costs, images * _options.Branches);
        return _options.BytesPerSecond is { } bandwidth
            ? time + _options.Latency + _options.Latency + Duration.FromSeconds(images * (net.LatentBytes + (_options.Branches * net.ResidualBytes)) / bandwidth)
            : time;
    }

    /// <summary>Asks for the residuals of a step; on a worker's compute thread.</summary>
    /// <param name="controlNet">A ControlNet that is held.</param>
    /// <param name="requests">The requests in the order of their lanes.</param>
    /// <param name="input">Their lanes, copies that are the device's from now on.</param>
    public ControlAnswer Ask(int controlNet, IReadOnlyList<ControlledRequest> requests, UNetInput input)
    {
        var call = new Call(controlNet, requests, input, new ControlAnswer());
        if (_in is null)
        {
            Arrive(call);
        }
        else
        {
            // Every device sends latents once for all branches that it asks for.
            _in.Send(BytesOf(input.Sample) * requests.Count / input.Sample.shape[0], () => Arrive(call));
        }

        return call.Answer;
    }

    /// <summary>A request has left.</summary>
    public void Forget(RequestId request) => _nets.Forget(request);

    /// <inheritdoc/>
    public void Dispose()
    {
        _fault ??= "it has been shut down";
        _in?.Dispose();
        _nets.Dispose();
        _compute.Dispose();
        _out?.Dispose();
    }

    private void Arrive(Call call)
    {
        lock (_gate)
        {
            _queue.Add(call);
        }

        _compute.Enqueue(AnswerNext);
    }

    private void AnswerNext()
    {
        var calls = Next();
        if (calls.Count == 0)
        {
            return;
        }

#pragma warning disable CA1031 // Whatever goes wrong here is this device's fault: workers hear of it.
        try
        {
            Answer(calls);
        }
        catch (Exception error)
        {
            _fault ??= error.Message;
            calls.ForEach(call => call.Answer.Lose(_fault));
        }
#pragma warning restore CA1031
        finally
        {
            calls.ForEach(static call => StepControls.Free(call.Input));
        }
    }

    // Those that wait for the same ControlNet as the first.
    private List<Call> Next()
    {
        List<Call> calls = [];
        lock (_gate)
        {
            for (var i = 0; i < _queue.Count;)
            {
                var call = _queue[i];
                if (calls.Count == 0 || (call.ControlNet == calls[0].ControlNet && calls.Sum(static one => one.Lanes) + call.Lanes <= (long)_options.MaxBatch * _options.Branches))
                {
                    calls.Add(call);
                    _queue.RemoveAt(i);
                }
                else
                {
                    i++;
                }
            }
        }

        return calls;
    }

    private void Answer(List<Call> calls)
    {
        ThrowIfLost();
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var residuals = _nets.Run(calls[0].ControlNet, [.. calls.SelectMany(static call => call.Requests)], StepControls.Joined([.. calls.Select(static call => call.Input)]));
        ControlResiduals[] parts = calls.Count == 1 ? [residuals] : Parts(residuals, calls);
        foreach (var part in parts)
        {
            part.DetachFromDisposeScope();
        }

        _streams.Finish(StreamRole.Compute);
        ThrowIfLost();
        for (var i = 0; i < parts.Length; i++)
        {
            Send(calls[i], parts[i]);
        }
    }

    private void Send(Call call, ControlResiduals residuals)
    {
        if (_out is null)
        {
            call.Answer.Give(residuals);
        }
        else
        {
            _out.Send(residuals.Down.Sum(BytesOf) + BytesOf(residuals.Mid), () => call.Answer.Give(residuals));
        }
    }

    private void ThrowIfLost()
    {
        if (Fault is { } fault)
        {
            throw new ControlNetLostException(fault);
        }
    }

    private static ControlResiduals[] Parts(ControlResiduals residuals, List<Call> calls)
    {
        var (parts, first) = (new ControlResiduals[calls.Count], 0L);
        for (var i = 0; i < parts.Length; i++)
        {
            var (from, lanes) = (first, calls[i].Lanes);
            parts[i] = new ControlResiduals([.. residuals.Down.Select(down => down.narrow(0, from, lanes))], residuals.Mid.narrow(0, from, lanes));
            first += lanes;
        }

        return parts;
    }

    private static long BytesOf(Tensor tensor) => tensor.numel() * tensor.element_size();

    private sealed record Call(int ControlNet, IReadOnlyList<ControlledRequest> Requests, UNetInput Input, ControlAnswer Answer)
    {
        // Of all its requests: of each those of both guidance branches, or of the one that a device of a pair computes.
        public long Lanes => Input.Sample.shape[0];
    }
}
