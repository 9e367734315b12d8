namespace SimServe.Policies.Batching;

/// <summary>Continuous batching by one thread that also prepares and decodes: every request that comes or goes interrupts the batch.</summary>
/// <param name="options">The batch's bound.</param>
/// <remarks>
/// The strawman of FlashPS (EuroSys '26, sections 3.3 and 6.4), which it beats by giving preprocessing and postprocessing processes of their own. It is there to show what that costs: the paper counts a median of 6 and
/// a 95th percentile of 8 interruptions of 0.36 s for each request. Who waits to be prepared or decoded is served at the next step boundary, in order, before the batch goes on.
/// </remarks>
public sealed class NaiveContinuousBatching(ContinuousBatchingOptions options) : IBatchingPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "naive-continuous";

    private readonly ContinuousBatching _batching = new(options);

    /// <inheritdoc/>
    public PrePostPlace PrePost => PrePostPlace.BetweenSteps;

    /// <inheritdoc/>
    public BatchDecision Decide(ReadOnlySpan<WaitingRequest> waiting, IBatchView batch, Instant now) => _batching.Decide(waiting, batch, now);
}
