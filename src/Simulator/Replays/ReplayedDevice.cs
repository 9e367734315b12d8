using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Batching;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Replays;

/// <summary>A device that answers what a recorded one answered, when that did.</summary>
/// <param name="name">Its name.</param>
/// <param name="spec">What is known of it.</param>
/// <param name="worker">Its worker's number.</param>
/// <param name="clock">The replay's clock.</param>
/// <param name="answers">What was answered.</param>
internal sealed class ReplayedDevice(string name, DeviceSpec spec, int worker, ReplayedClock clock, ReplayedAnswers answers) : IDevice
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public DeviceSpec Spec => spec;

    /// <inheritdoc/>
    public Pending<DeviceReport> LoadModel() => Answer(WakeKind.LoadModel, 0);

    /// <inheritdoc/>
    public bool Holds(TemplateId template) => NextAnswer() == 1;

    /// <inheritdoc/>
    public bool IsResident(TemplateId template) => NextAnswer() == 1;

    /// <inheritdoc/>
    public int MissingAdapters(AdapterSet adapters) => (int)NextAnswer();

    /// <inheritdoc/>
    public IControlNetHost ControlNets { get; } = new ReplayedControlNets(name, worker, clock, answers);

    /// <inheritdoc/>
    public IAdapterStore? AdapterStore { get; } = new ReplayedAdapterStore(worker, clock, answers);

    /// <inheritdoc/>
    public bool HoldsLoras(AdapterSet adapters) => NextAnswer() == 1;

    /// <inheritdoc/>
    public Pending<DeviceReport> FetchLoras(in Request request) => Answer(WakeKind.FetchLoras, request.Id.Value);

    /// <inheritdoc/>
    public Pending<DeviceReport> Patch(AdapterSet adapters) => Answer(WakeKind.Patch, 0);

    /// <inheritdoc/>
    public bool KeepsTemplates => NextAnswer() == 1;

    /// <inheritdoc/>
    public TemplateDelay? DelayOf(in Request request) => NextAnswer() is var fetch && fetch == RunRecording.KnowsNothing
        ? null
        : new TemplateDelay(new TimeSpan(fetch), new TimeSpan(NextAnswer()));

    /// <inheritdoc/>
    public void Prefetch(in Request request)
    {
    }

    /// <inheritdoc/>
    public bool Lacks(in Request request, out StallCause cause)
    {
        var answer = NextAnswer();
        cause = answer == RunRecording.LacksNothing ? default : (StallCause)answer;
        return answer != RunRecording.LacksNothing;
    }

    /// <inheritdoc/>
    public Pending<DeviceReport> Stage(in Request request, StallCause cause) => Answer(WakeKind.Stage, 0);

    /// <inheritdoc/>
    public void Release(in Request request, bool isDenoised)
    {
    }

    /// <inheritdoc/>
    public Pending<DeviceReport> Encode(in Request request, int fromStep, PrePostPlace place) => Answer(WakeKind.Encode, request.Id.Value);

    /// <inheritdoc/>
    public Pending<DeviceReport> Denoise(StepPlan plan, int maxSteps, StepBoundary boundary) => Answer(WakeKind.Denoise, 0);

    /// <inheritdoc/>
    public Pending<DeviceReport> Decode(in Request request, PrePostPlace place) => Answer(WakeKind.Decode, request.Id.Value);

    private long NextAnswer() => answers.Next(worker);

    private async Pending<DeviceReport> Answer(WakeKind kind, long subject) => (await clock.Wait(new WakeCall(kind, worker, subject))).Report;
}
