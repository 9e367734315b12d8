using SimServe.GpuBackend.Masking.Denoisers;
using SimServe.GpuBackend.Models.UNets;
using SimServe.Policies.AddOns;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.AddOns;

/// <summary>The ControlNets of the steps that a worker takes in one call: each is asked before the way down, and answers before the way up.</summary>
internal sealed class StepControls : IDisposable
{
    private readonly List<Queue<ControlAnswer>> _answers = [];
    private readonly ControlMode _mode;
    private readonly ServedControlNets _here;
    private readonly IReadOnlyList<TorchControlNets> _services;
    private readonly Action _sent;

    /// <summary>Groups calls: those of one ControlNet on one device are answered together.</summary>
    /// <param name="calls">The calls of a step.</param>
    /// <param name="mode">Which step's residuals are added.</param>
    /// <param name="requests">What ControlNets are shown, of every member.</param>
    /// <param name="here">The worker's own ControlNets.</param>
    /// <param name="services">The devices that run them for workers.</param>
    /// <param name="sent">Waits until what the worker's stream has written can be read by other streams.</param>
    public StepControls(
        IReadOnlyList<ControlCall> calls, ControlMode mode, IReadOnlyList<ControlledRequest> requests, ServedControlNets here, IReadOnlyList<TorchControlNets> services, Action sent)
    {
        (_mode, _here, _services, _sent) = (mode, here, services, sent);
        Members = [.. calls.GroupBy(static call => (call.ControlNet, call.Device)).Select(group => Control(group.Key.ControlNet, group.Key.Device, [.. group.Select(static call => call.Member).Order()], requests))];
    }

    /// <summary>The ControlNets of every step.</summary>
    public IReadOnlyList<MemberControl> Members { get; }

    /// <inheritdoc/>
    public void Dispose() => _answers.ForEach(static answers =>
    {
        foreach (var answer in answers)
        {
            answer.Drop();
        }
    });

    /// <summary>Frees a copy of lanes.</summary>
    public static void Free(UNetInput input)
    {
        input.Sample.Dispose();
        input.Timestep.Dispose();
        input.Text.Dispose();
        input.AddedCondition?.PooledText.Dispose();
        input.AddedCondition?.TimeIds.Dispose();
    }

    /// <summary>The lanes of several calls, one after the other.</summary>
    public static UNetInput Joined(IReadOnlyList<UNetInput> inputs) => inputs.Count == 1 ? inputs[0] : new UNetInput
    {
        Sample = cat([.. inputs.Select(static input => input.Sample)]),
        Timestep = cat([.. inputs.Select(static input => input.Timestep)]),
        Text = cat([.. inputs.Select(static input => input.Text)]),
        AddedCondition = inputs[0].AddedCondition is null ? null : new AddedCondition(
            cat([.. inputs.Select(static input => input.AddedCondition!.PooledText)]), cat([.. inputs.Select(static input => input.AddedCondition!.TimeIds)])),
    };

    private MemberControl Control(int controlNet, int? on, int[] members, IReadOnlyList<ControlledRequest> requests)
    {
        ControlledRequest[] asked = [.. members.Select(member => requests[member])];
        if (on is not { } device)
        {
            return new MemberControl(members, input =>
            {
                var residuals = _here.Run(controlNet, asked, input);
                return () => residuals;
            });
        }

        // The last one, and where residuals are a step late the one before it.
        var (answers, most) = (new Queue<ControlAnswer>(), _mode == ControlMode.OneStepStale ? 2 : 1);
        _answers.Add(answers);
        return new MemberControl(members, input =>
        {
            answers.Enqueue(Ask(_services[device], controlNet, asked, input));
            while (answers.Count > most)
            {
                answers.Dequeue().Drop();
            }

            var used = answers.Peek();
            return () => On(input.Sample.device, used.Residuals);
        });
    }

    private ControlAnswer Ask(TorchControlNets service, int controlNet, IReadOnlyList<ControlledRequest> requests, UNetInput input)
    {
        var copy = Copied(input, service.Device);
        _sent();
        return service.Ask(controlNet, requests, copy);
    }

    // As it would be sent: the worker's tensors are gone when its step ends, and the device may still be busy then.
    private static UNetInput Copied(UNetInput input, Device to) => new()
    {
        Sample = Copied(input.Sample, to),
        Timestep = Copied(input.Timestep, to),
        Text = Copied(input.Text, to),
        AddedCondition = input.AddedCondition is { } added ? new AddedCondition(Copied(added.PooledText, to), Copied(added.TimeIds, to)) : null,
    };

    private static Tensor Copied(Tensor tensor, Device to) => tensor.to(tensor.dtype, to, copy: true).DetachFromDisposeScope();

    // Aliases, where both are one device.
    private static ControlResiduals On(Device device, ControlResiduals residuals) => new([.. residuals.Down.Select(down => down.to(device))], residuals.Mid.to(device));
}
