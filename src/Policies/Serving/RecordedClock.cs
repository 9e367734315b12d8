namespace SimServe.Policies.Serving;

/// <summary>A clock of which is written down what it says.</summary>
/// <param name="clock">The clock.</param>
/// <param name="recording">Receives it.</param>
public sealed class RecordedClock(IClock clock, RunRecording recording) : IClock
{
    /// <inheritdoc/>
    public Instant Now => recording.Read(clock.Now);

    /// <inheritdoc/>
    public async Pending<Instant> Until(Instant due)
    {
        var wait = clock.Until(due);
        var atOnce = wait.IsCompleted;
        var now = await wait;
        recording.Add(new Wake(new WakeCall(WakeKind.Timer, 0, due.Ticks), now, DeviceReport.Done, atOnce));
        return now;
    }
}
