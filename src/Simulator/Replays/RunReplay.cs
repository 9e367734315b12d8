using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Replays;

/// <summary>Runs the serving loop again, in virtual time, over what a run on real devices learnt from its clock and its devices.</summary>
/// <remarks>
/// No two runs in wall-clock time take the same times, so decisions of a simulation and of a real run part sooner or later without anybody's fault. With the times of the real run put in, every
/// decision must be the same: routing, batching and planning see what they saw then, every look at the clock included.
/// </remarks>
public static class RunReplay
{
    /// <summary>Replays a run and compares its steps with those that were taken.</summary>
    /// <param name="setup">New policies, of the kinds that the recorded run had.</param>
    /// <param name="requests">Its requests, in order of arrival.</param>
    /// <param name="recording">What it learnt.</param>
    /// <param name="served">What happened in it.</param>
    /// <param name="devices">Name and kind of every worker's device.</param>
    /// <param name="observer">One of the kind that watched the recorded run, if that looks at the clock or the devices, as <see cref="DecisionLog"/> does: the recording holds those looks too.</param>
    /// <param name="controlNets">Names of the devices that ran ControlNets for the workers; <c>null</c> for none.</param>
    public static ReplayAgreement Compare(
        ServingSetup setup,
        IReadOnlyList<Request> requests,
        RunRecording recording,
        ServingResult served,
        IReadOnlyList<(string Name, DeviceSpec Spec)> devices,
        IRunObserver? observer = null,
        IReadOnlyList<string>? controlNets = null)
    {
        ArgumentNullException.ThrowIfNull(recording);
        ArgumentNullException.ThrowIfNull(served);
        var (clock, collector, answers) = (new ReplayedClock(recording), new RunCollector(), new ReplayedAnswers(recording));
        IDevice[] replayed = [.. devices.Select((device, worker) => new ReplayedDevice(device.Name, device.Spec, worker, clock, answers))];
        IControlNetService[] services = [.. (controlNets ?? []).Select((name, number) => new ReplayedControlNets(name, RecordedControlNets.NumberOf(number), clock, answers))];
        var run = new ServingLoop(setup, clock, replayed, observer is null ? collector : new RunObservers(collector, observer), services).Run(new ListedRequests(requests));
        while (!run.IsCompleted && clock.TryWake())
        {
        }

        return Compare(served.Segments, collector.Close(new RunEnd(clock.LastWake, 0, [])).Segments, clock.Divergence);
    }

    private static ReplayAgreement Compare(IReadOnlyList<BatchSegment> recorded, IReadOnlyList<BatchSegment> replayed, string? divergence)
    {
        var (agreed, first) = (0L, default((Instant At, string Text)?));
        foreach (var worker in recorded.GroupBy(static segment => segment.Worker))
        {
            var others = replayed.Where(segment => segment.Worker == worker.Key).ToArray();
            var (next, segments) = (0, worker.ToArray());
            while (next < segments.Length && next < others.Length && IsSame(segments[next], others[next]))
            {
                agreed += segments[next++].Steps;
            }

            if (next < segments.Length && (first is null || segments[next].Start < first.Value.At))
            {
                first = (segments[next].Start, Explain(segments[next], next < others.Length ? others[next] : null));
            }
        }

        return new ReplayAgreement(recorded.Sum(static segment => (long)segment.Steps), agreed, first?.Text ?? divergence);
    }

    private static bool IsSame(in BatchSegment left, in BatchSegment right) =>
        left.Steps == right.Steps && left.Plan.Members.SequenceEqual(right.Plan.Members) && left.Plan.Modes.SequenceEqual(right.Plan.Modes);

    private static string Explain(in BatchSegment recorded, BatchSegment? replayed) =>
        $"{recorded.Worker} at {recorded.Start}: the recorded run took {Describe(recorded)}, the replay {(replayed is { } other ? Describe(other) : "nothing more")}";

    private static string Describe(in BatchSegment segment) =>
        $"{segment.Steps} steps of {string.Join(", ", segment.Plan.Members.Select(static member => $"{member.Id} from step {member.Step}"))}";
}
