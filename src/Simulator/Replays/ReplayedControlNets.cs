using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Replays;

/// <summary>A memory of ControlNets, or a device that runs them, that answers what a recorded one answered.</summary>
/// <param name="name">Its name.</param>
/// <param name="worker">Its worker's number; for a device that runs ControlNets <see cref="RecordedControlNets.NumberOf"/>.</param>
/// <param name="clock">The replay's clock.</param>
/// <param name="answers">What was answered.</param>
internal sealed class ReplayedControlNets(string name, int worker, ReplayedClock clock, ReplayedAnswers answers) : IControlNetService
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public string? Fault => answers.Next(worker) == 1 ? "it failed in the recorded run" : null;

    /// <inheritdoc/>
    public bool Holds(int controlNet) => answers.Next(worker) == 1;

    /// <inheritdoc/>
    public TimeSpan Answer(ModelShape model, int images) => new(answers.Next(worker));

    /// <inheritdoc/>
    public async Pending<DeviceReport> Load(int controlNet) => (await clock.Wait(new WakeCall(WakeKind.LoadControlNet, worker, controlNet))).Report;

    /// <inheritdoc/>
    public void Pin(int controlNet)
    {
    }

    /// <inheritdoc/>
    public void Unpin(int controlNet)
    {
    }
}
