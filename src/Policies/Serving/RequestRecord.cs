namespace SimServe.Policies.Serving;

/// <summary>What happened to a request.</summary>
/// <remarks>
/// Instants are those of the last attempt and in this order; those that were never reached are <c>null</c>. Earlier attempts, whose devices failed, lie between
/// <see cref="ArrivedAt"/> and <see cref="RoutedAt"/>.
/// </remarks>
public readonly record struct RequestRecord
{
    /// <summary>The request.</summary>
    public required Request Request { get; init; }

    /// <summary>The worker that served it last, or <c>null</c> if none did.</summary>
    public required WorkerId? Worker { get; init; }

    /// <summary>When it reached the router.</summary>
    public required Instant ArrivedAt { get; init; }

    /// <summary>When it was sent to its worker.</summary>
    public Instant? RoutedAt { get; init; }

    /// <summary>When it was prepared and ready to join a batch.</summary>
    public Instant? ReadyAt { get; init; }

    /// <summary>When it joined a batch.</summary>
    public Instant? JoinedAt { get; init; }

    /// <summary>When its first denoising step started: what it needed had been loaded.</summary>
    public required Instant? StartedAt { get; init; }

    /// <summary>When its last denoising step ended.</summary>
    public required Instant? DenoisedAt { get; init; }

    /// <summary>When its image was ready, or when it ended otherwise; of a cancelled request when it left, which in a batch is the end of the step under way.</summary>
    public required Instant FinishedAt { get; init; }

    /// <summary>Time in the batch in which no step was taken because a template's cache was loaded or recorded.</summary>
    public TimeSpan CacheWait { get; init; }

    /// <summary>Time in the batch in which no step was taken because adapters were loaded or changed.</summary>
    public TimeSpan AdapterWait { get; init; }

    /// <summary>Time in the batch in which no step was taken because other requests were prepared or decoded by the thread that denoises.</summary>
    public TimeSpan PrePostWait { get; init; }

    /// <summary>Requests that were prepared or decoded in that time: each is an interruption of this request's denoising.</summary>
    public int Interruptions { get; init; }

    /// <summary>Its share of device time: the time of every step it took, divided by the batch size of that step.</summary>
    public TimeSpan DeviceTime { get; init; }

    /// <summary>Workers it was sent to.</summary>
    public int Attempts { get; init; }

    /// <summary>Steps that were lost with failed devices.</summary>
    public int LostSteps { get; init; }

    /// <summary>Steps that it left out because similar latents were found: 0 where none were, or nobody looked.</summary>
    public int SkippedSteps { get; init; }

    /// <summary>How it ended.</summary>
    public required RequestOutcome Outcome { get; init; }

    /// <summary>Why it failed, in words, or <c>null</c>.</summary>
    public required string? Failure { get; init; }
}
