namespace SimServe.Simulator.Metrics.WarmUps;

/// <summary>What the run itself says of its warm-up: see <see cref="MarginalStandardError"/>.</summary>
/// <param name="Seconds">How much time to leave out, s.</param>
/// <param name="Completions">Requests that had completed by then.</param>
/// <param name="IsSettled">Whether the run is long enough to tell; if not, it may never have settled.</param>
public sealed record SuggestedWarmUp(double Seconds, long Completions, bool IsSettled)
{
    /// <summary>The exclusion that it suggests.</summary>
    public WarmUp ToWarmUp() => WarmUp.Time(TimeSpan.FromSeconds(Seconds)) with
    {
        Reason = $"the first {Seconds:0.###} s, in which {Completions} requests completed, were excluded by MSER-5"
            + (IsSettled ? "" : "; the run is too short to tell whether it has settled"),
    };
}
