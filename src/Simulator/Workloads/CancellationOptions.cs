namespace SimServe.Simulator.Workloads;

/// <summary>Users who give up: a request of theirs is cancelled unless it has been denoised by then.</summary>
/// <param name="Share">Share of the requests whose user gives up at all, from 0 to 1.</param>
/// <param name="MeanSeconds">Mean of the exponentially distributed time from arrival to giving up, seconds; finite, greater than 0.</param>
/// <remarks>
/// Patience does not depend on what the user sees of the service: the queue's "M/M/n + M" of Palm (1957), for a share of the users.
/// </remarks>
public sealed record CancellationOptions(double Share, double MeanSeconds)
{
    internal IEnumerable<string> Faults() =>
    [
        .. Fault(Share is not (>= 0 and <= 1), nameof(Share), Share, "a number from 0 to 1"),
        .. Fault(!(double.IsFinite(MeanSeconds) && MeanSeconds > 0), nameof(MeanSeconds), MeanSeconds, "a finite number greater than 0"),
    ];

    private static string[] Fault(bool wrong, string name, double value, string range) =>
        wrong ? [$"{name} of cancellations is {value} but must be {range}."] : [];
}
