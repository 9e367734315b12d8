using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Replays;

/// <summary>A device's memory of adapters that answers what a recorded one answered.</summary>
/// <param name="worker">Its worker's number.</param>
/// <param name="clock">The replay's clock.</param>
/// <param name="answers">What was answered.</param>
internal sealed class ReplayedAdapterStore(int worker, ReplayedClock clock, ReplayedAnswers answers) : IAdapterStore
{
    /// <inheritdoc/>
    public bool IsIdle => answers.Next(worker) == 1;

    /// <inheritdoc/>
    public bool Has(in Adapter adapter) => answers.Next(worker) == 1;

    /// <inheritdoc/>
    public AdapterRoom RoomFor(in Adapter adapter) => answers.Next(worker) switch
    {
        RecordedAdapterStore.NoRoom => new AdapterRoom(false, null),
        RecordedAdapterStore.NoVictim => new AdapterRoom(true, null),
        var victim => new AdapterRoom(true, (int)victim),
    };

    /// <inheritdoc/>
    public Pending<DeviceReport> Fetch(in Adapter adapter) => Answer(RecordedAdapterStore.SubjectOf(adapter));

    private async Pending<DeviceReport> Answer(long subject) => (await clock.Wait(new WakeCall(WakeKind.PrefetchAdapter, worker, subject))).Report;
}
