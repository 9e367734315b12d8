using SimServe.Policies.AddOns;

namespace SimServe.Policies.Serving;

/// <summary>A device's memory of adapters whose answers are written down.</summary>
/// <param name="store">The memory; <c>null</c> where the device has none: it is never idle then.</param>
/// <param name="worker">Its worker's number.</param>
/// <param name="clock">The run's clock.</param>
/// <param name="recording">Receives the answers.</param>
public sealed class RecordedAdapterStore(IAdapterStore? store, int worker, IClock clock, RunRecording recording) : IAdapterStore
{
    /// <summary>Stands for no victim among the answers.</summary>
    public const int NoVictim = -1;

    /// <summary>Stands for no room among the answers.</summary>
    public const int NoRoom = -2;

    /// <inheritdoc/>
    public bool IsIdle => recording.Answered(worker, store is { IsIdle: true } ? 1 : 0) == 1;

    /// <inheritdoc/>
    public bool Has(in Adapter adapter) => recording.Answered(worker, store!.Has(adapter) ? 1 : 0) == 1;

    /// <inheritdoc/>
    public AdapterRoom RoomFor(in Adapter adapter)
    {
        var room = store!.RoomFor(adapter);
        recording.Answered(worker, room.Fits ? room.Victim ?? NoVictim : NoRoom);
        return room;
    }

    /// <inheritdoc/>
    public Pending<DeviceReport> Fetch(in Adapter adapter) => Record(SubjectOf(adapter), store!.Fetch(adapter));

    /// <summary>An adapter in one number.</summary>
    /// <param name="adapter">The adapter.</param>
    public static long SubjectOf(in Adapter adapter) => (2L * adapter.Number) + (adapter.Kind == AdapterKind.Lora ? 1 : 0);

    private async Pending<DeviceReport> Record(long subject, Pending<DeviceReport> call)
    {
        var atOnce = call.IsCompleted;
        var report = await call;
        recording.Add(new Wake(new WakeCall(WakeKind.PrefetchAdapter, worker, subject), clock.Now, report, atOnce));
        return report;
    }
}
