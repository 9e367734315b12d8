using SimServe.Policies.Profiles;
using SimServe.Policies.Serving;
using SimServe.Simulator.Suites;

namespace SimServe.Cli.Validation.Suites;

/// <summary>The mean latency of a run's completed requests, stage by stage, in seconds.</summary>
/// <param name="Encode">From the router to ready.</param>
/// <param name="Queue">From ready to a batch, and what was lost with failed devices before.</param>
/// <param name="Denoise">In the batch.</param>
/// <param name="Decode">From the last step to the image.</param>
internal sealed record LatencyParts(double Encode, double Queue, double Denoise, double Decode)
{
    public const string Queueing = "queueing";
    public const string Batches = "other batches";
    public const string Between = "between steps";

    public static LatencyParts Of(ServingResult run)
    {
        RequestRecord[] done = [.. run.Records.Where(static record => record.Outcome == RequestOutcome.Completed)];
        return done.Length == 0 ? new LatencyParts(0, 0, 0, 0) : new LatencyParts(
            done.Average(static record => (record.ReadyAt!.Value - record.RoutedAt!.Value).TotalSeconds),
            done.Average(static record => (record.RoutedAt!.Value - record.ArrivedAt + (record.JoinedAt!.Value - record.ReadyAt!.Value)).TotalSeconds),
            done.Average(static record => (record.DenoisedAt!.Value - record.JoinedAt!.Value).TotalSeconds),
            done.Average(static record => (record.FinishedAt - record.DenoisedAt!.Value).TotalSeconds));
    }

    /// <summary>Every part in both worlds; the differences add up to that of the mean latency.</summary>
    /// <param name="predicted">The simulated run's.</param>
    /// <param name="measured">The real run's.</param>
    /// <param name="steps">Terms of the real run's steps, predicted for those very steps.</param>
    public static IReadOnlyList<TermError> Compare(LatencyParts predicted, LatencyParts measured, IReadOnlyList<TermError> steps) =>
    [
        new(ProfileTerm.Encode, predicted.Encode, measured.Encode),
        new(Queueing, predicted.Queue, measured.Queue),
        .. steps,
        new(Batches, predicted.Denoise - steps.Sum(static term => term.Predicted), 0),
        new(Between, 0, measured.Denoise - steps.Sum(static term => term.Measured)),
        new(ProfileTerm.Decode, predicted.Decode, measured.Decode),
    ];
}
