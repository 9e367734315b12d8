namespace SimServe.Policies.Batching;

/// <summary>Requests join at the next step boundary while the batch has room, and leave when they are done.</summary>
/// <param name="options">The batch's bound.</param>
/// <remarks>Step-level continuous batching: FlashPS (EuroSys '26), section 3.3. First come, first served.</remarks>
public sealed class ContinuousBatching(ContinuousBatchingOptions options) : IBatchingPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "continuous";

    /// <inheritdoc/>
    public BatchDecision Decide(ReadOnlySpan<WaitingRequest> waiting, IBatchView batch, Instant now)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return BatchDecision.Admit(Math.Clamp(options.MaxBatchSize - batch.Running, 0, waiting.Length));
    }
}

/// <summary>Options of <see cref="ContinuousBatching"/>.</summary>
public sealed record ContinuousBatchingOptions
{
    private readonly int _maxBatchSize = 8;

    /// <summary>Most requests in the batch, at least 1.</summary>
    /// <value>8, where the throughput of FlashPS levels off.</value>
    public int MaxBatchSize
    {
        get => _maxBatchSize;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _maxBatchSize = value;
        }
    }
}
