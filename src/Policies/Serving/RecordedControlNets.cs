using SimServe.Policies.AddOns;

namespace SimServe.Policies.Serving;

/// <summary>A memory of ControlNets whose answers are written down, or a device that runs them.</summary>
/// <param name="host">The memory.</param>
/// <param name="worker">Its worker's number; for a device that runs ControlNets <see cref="NumberOf"/>.</param>
/// <param name="clock">The run's clock.</param>
/// <param name="recording">Receives the answers.</param>
public sealed class RecordedControlNets(IControlNetHost host, int worker, IClock clock, RunRecording recording) : IControlNetService
{
    /// <summary>Stands for a device that runs ControlNets among the workers of a recording.</summary>
    /// <param name="device">Number of the device.</param>
    public static int NumberOf(int device) => -1 - device;

    /// <inheritdoc/>
    public string Name => (host as IControlNetService)?.Name ?? string.Empty;

    /// <inheritdoc/>
    /// <remarks>Only whether it is there is written down: words do not decide anything.</remarks>
    public string? Fault
    {
        get
        {
            var fault = host.Fault;
            recording.Answered(worker, fault is null ? 0 : 1);
            return fault;
        }
    }

    /// <inheritdoc/>
    public bool Holds(int controlNet) => recording.Answered(worker, host.Holds(controlNet) ? 1 : 0) == 1;

    /// <inheritdoc/>
    public TimeSpan Answer(ModelShape model, int images) => new(recording.Answered(worker, host is IControlNetService service ? service.Answer(model, images).Ticks : 0));

    /// <inheritdoc/>
    public async Pending<DeviceReport> Load(int controlNet)
    {
        var call = host.Load(controlNet);
        var atOnce = call.IsCompleted;
        var report = await call;
        recording.Add(new Wake(new WakeCall(WakeKind.LoadControlNet, worker, controlNet), clock.Now, report, atOnce));
        return report;
    }

    /// <inheritdoc/>
    public void Pin(int controlNet) => host.Pin(controlNet);

    /// <inheritdoc/>
    public void Unpin(int controlNet) => host.Unpin(controlNet);
}
