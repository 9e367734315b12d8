using SimServe.Policies.AddOns;
using SimServe.Policies.Batching;

namespace SimServe.Policies.Serving;

/// <summary>A device whose answers are written down.</summary>
/// <param name="device">The device.</param>
/// <param name="worker">Its worker's number.</param>
/// <param name="clock">The run's clock.</param>
/// <param name="recording">Receives the answers.</param>
public sealed class RecordedDevice(IDevice device, int worker, IClock clock, RunRecording recording) : IDevice
{
    /// <inheritdoc/>
    public string Name => device.Name;

    /// <inheritdoc/>
    public DeviceSpec Spec => device.Spec;

    /// <inheritdoc/>
    public Pending<DeviceReport> LoadModel() => Record(WakeKind.LoadModel, 0, device.LoadModel());

    /// <inheritdoc/>
    public bool Holds(TemplateId template) => Answer(device.Holds(template));

    /// <inheritdoc/>
    public bool IsResident(TemplateId template) => Answer(device.IsResident(template));

    /// <inheritdoc/>
    public bool KeepsTemplates => Answer(device.KeepsTemplates);

    /// <inheritdoc/>
    public TemplateDelay? DelayOf(in Request request)
    {
        var delay = device.DelayOf(request);
        recording.Answered(worker, delay?.Fetch.Ticks ?? RunRecording.KnowsNothing);
        if (delay is { } known)
        {
            recording.Answered(worker, known.Stage.Ticks);
        }

        return delay;
    }

    /// <inheritdoc/>
    public int MissingAdapters(AdapterSet adapters) => (int)recording.Answered(worker, device.MissingAdapters(adapters));

    /// <inheritdoc/>
    public IControlNetHost ControlNets { get; } = new RecordedControlNets(device.ControlNets, worker, clock, recording);

    /// <inheritdoc/>
    public IAdapterStore? AdapterStore { get; } = new RecordedAdapterStore(device.AdapterStore, worker, clock, recording);

    /// <inheritdoc/>
    public bool HoldsLoras(AdapterSet adapters) => Answer(device.HoldsLoras(adapters));

    /// <inheritdoc/>
    public Pending<DeviceReport> FetchLoras(in Request request) => Record(WakeKind.FetchLoras, request.Id.Value, device.FetchLoras(request));

    /// <inheritdoc/>
    public Pending<DeviceReport> Patch(AdapterSet adapters) => Record(WakeKind.Patch, 0, device.Patch(adapters));

    /// <inheritdoc/>
    public void Prefetch(in Request request) => device.Prefetch(request);

    /// <inheritdoc/>
    public bool Lacks(in Request request, out StallCause cause)
    {
        var lacks = device.Lacks(request, out cause);
        recording.Answered(worker, lacks ? (int)cause : RunRecording.LacksNothing);
        return lacks;
    }

    /// <inheritdoc/>
    public Pending<DeviceReport> Stage(in Request request, StallCause cause) => Record(WakeKind.Stage, 0, device.Stage(request, cause));

    /// <inheritdoc/>
    public void Unstage(TemplateId template) => device.Unstage(template);

    /// <inheritdoc/>
    public void Release(in Request request, bool isDenoised) => device.Release(request, isDenoised);

    /// <inheritdoc/>
    public void Forget(in Request request) => device.Forget(request);

    /// <inheritdoc/>
    public Pending<DeviceReport> Encode(in Request request, int fromStep, PrePostPlace place) => Record(WakeKind.Encode, request.Id.Value, device.Encode(request, fromStep, place));

    /// <inheritdoc/>
    public Pending<DeviceReport> Denoise(StepPlan plan, int maxSteps, StepBoundary boundary) => Record(WakeKind.Denoise, 0, device.Denoise(plan, maxSteps, boundary));

    /// <inheritdoc/>
    public Pending<DeviceReport> Decode(in Request request, PrePostPlace place) => Record(WakeKind.Decode, request.Id.Value, device.Decode(request, place));

    private bool Answer(bool answer) => recording.Answered(worker, answer ? 1 : 0) == 1;

    private async Pending<DeviceReport> Record(WakeKind kind, long subject, Pending<DeviceReport> call)
    {
        var atOnce = call.IsCompleted;
        var report = await call;
        recording.Add(new Wake(new WakeCall(kind, worker, subject), clock.Now, report, atOnce));
        return report;
    }
}
