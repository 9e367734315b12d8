namespace SimServe.Policies.Batching;

/// <summary>A batch starts when it is full or its oldest request has waited long enough, and nobody joins before all of it is done.</summary>
/// <param name="options">The batch's bound and its patience.</param>
/// <remarks>What diffusers and the baselines of FlashPS (EuroSys '26, section 6.1) do.</remarks>
public sealed class StaticBatching(StaticBatchingOptions options) : IBatchingPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "static";

    /// <inheritdoc/>
    public BatchDecision Decide(ReadOnlySpan<WaitingRequest> waiting, IBatchView batch, Instant now)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Running > 0)
        {
            return BatchDecision.Wait;
        }

        var deadline = waiting[0].ReadyAt + options.MaxWait;
        return waiting.Length >= options.MaxBatchSize || now >= deadline
            ? BatchDecision.Admit(Math.Min(waiting.Length, options.MaxBatchSize))
            : BatchDecision.WaitUntil(deadline);
    }
}

/// <summary>Options of <see cref="StaticBatching"/>.</summary>
public sealed record StaticBatchingOptions
{
    private readonly int _maxBatchSize = 8;
    private readonly TimeSpan _maxWait = TimeSpan.Zero;

    /// <summary>Most requests in the batch, at least 1.</summary>
    /// <value>8.</value>
    public int MaxBatchSize
    {
        get => _maxBatchSize;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _maxBatchSize = value;
        }
    }

    /// <summary>How long the oldest request waits for company, zero or more.</summary>
    /// <value>Zero: an idle worker starts at once with whoever is there.</value>
    public TimeSpan MaxWait
    {
        get => _maxWait;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            _maxWait = value;
        }
    }
}
