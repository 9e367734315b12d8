using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Models.ControlNets;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Pipelines;
using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Serving;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.AddOns;

/// <summary>ControlNets in a device's memory: a worker's own, or that of a device that runs nothing else.</summary>
/// <remarks>Loads happen on threads of their own. <see cref="Run"/> and what it frees belong to one compute thread.</remarks>
internal sealed class ServedControlNets : IControlNetHost, IDisposable
{
    private readonly ControlNetLibrary _library;
    private readonly Device _device;
    private readonly Func<string?> _fault;
    private readonly Action<Action> _onCompute;
    private readonly AddOnMemory<int, ControlNetModel> _memory;
    private readonly Dictionary<(RequestId, int), Tensor> _pictures = [];
    private readonly AddOnLoads<int, ControlNetModel> _loads;

    /// <summary>Creates an empty memory.</summary>
    /// <param name="name">The device's name.</param>
    /// <param name="library">The ControlNets.</param>
    /// <param name="capacityBytes">Bytes for those that nobody uses.</param>
    /// <param name="device">Where they compute.</param>
    /// <param name="loop">The loop that asks.</param>
    /// <param name="fault">Why the device has failed, or <c>null</c>.</param>
    /// <param name="onCompute">Runs something on the compute thread.</param>
    public ServedControlNets(string name, ControlNetLibrary library, long capacityBytes, Device device, WallClockLoop loop, Func<string?> fault, Action<Action> onCompute)
    {
        (_library, _device, _fault, _onCompute) = (library, device, fault, onCompute);
        _memory = new AddOnMemory<int, ControlNetModel>(capacityBytes, net => onCompute(net.Dispose));
        _loads = new AddOnLoads<int, ControlNetModel>(new AddOnSource<int, ControlNetModel>($"{name} controlnets", Open, static number => $"ControlNet {number}"), _memory, loop, fault);
    }

    /// <inheritdoc/>
    public string? Fault => _fault();

    /// <inheritdoc/>
    public bool Holds(int controlNet) => Fault is null && _memory.Holds(controlNet);

    /// <inheritdoc/>
    public Pending<DeviceReport> Load(int controlNet) => _loads.Ask(controlNet);

    /// <summary>Whether none is on its way.</summary>
    public bool IsIdle => _loads.IsIdle;

    /// <summary>Loads one that nobody has asked for; while none is on its way.</summary>
    public Pending<DeviceReport> LoadAhead(int controlNet) => _loads.LoadAhead(controlNet);

    /// <summary>What one that nobody has asked for would drive out.</summary>
    public AdapterRoom RoomFor(int controlNet) => _memory.RoomFor(controlNet).By(static number => number);

    /// <inheritdoc/>
    public void Pin(int controlNet) => _memory.Pin(controlNet);

    /// <inheritdoc/>
    public void Unpin(int controlNet) => _memory.Unpin(controlNet);

    /// <summary>Computes the residuals of a step; on the compute thread, in its scope.</summary>
    /// <param name="controlNet">A ControlNet that is held.</param>
    /// <param name="requests">The requests in the order of their lanes, all with as many.</param>
    /// <param name="input">Their lanes.</param>
    public ControlResiduals Run(int controlNet, IReadOnlyList<ControlledRequest> requests, UNetInput input)
    {
        var net = _memory.Find(controlNet) ?? throw new InvalidOperationException($"ControlNet {controlNet} is not in memory: it was let go while a batch used it.");
        using var scope = NewDisposeScope();
        var lanes = input.Sample.shape[0] / requests.Count;
        Tensor[] conditions = [.. requests.Select(request => Embedded(net, controlNet, request).expand(lanes, -1, -1, -1))];
        return net.Forward(input, conditions.Length == 1 ? conditions[0] : cat(conditions), _library.Scale(controlNet)).MoveToOuterDisposeScope();
    }

    /// <summary>A request has left: its embedded pictures may go.</summary>
    public void Forget(RequestId request) => _onCompute(() =>
    {
        foreach (var key in _pictures.Keys.Where(key => key.Item1 == request).ToArray())
        {
            _pictures.Remove(key, out var picture);
            picture!.Dispose();
        }
    });

    /// <inheritdoc/>
    /// <remarks>The compute thread must still run.</remarks>
    public void Dispose()
    {
        _loads.Dispose();
        _memory.Dispose();
        _onCompute(() =>
        {
            foreach (var picture in _pictures.Values)
            {
                picture.Dispose();
            }

            _pictures.Clear();
        });
    }

    private Tensor Embedded(ControlNetModel net, int controlNet, ControlledRequest request)
    {
        if (!_pictures.TryGetValue((request.Id, controlNet), out var embedded))
        {
            using var pixels = PixelTensors.Of(request.Picture);
            _pictures.Add((request.Id, controlNet), embedded = net.EmbedCondition(pixels.to(net.Weights.Type, net.Weights.Device)).DetachFromDisposeScope());
        }

        return embedded;
    }

    private (ControlNetModel Net, long Bytes) Open(int controlNet, Action<TimeSpan>? wait)
    {
        var net = _library.Open(controlNet, _device, wait);
        DeviceWork.Finish(_device);
        return (net, net.Weights.Bytes);
    }
}
