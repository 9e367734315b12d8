namespace SimServe.Policies.Serving;

/// <summary>What happened to a request.</summary>
/// <remarks>Times that were never reached are <c>null</c>.</remarks>
public sealed record RequestRecord
{
    /// <summary>The request.</summary>
    public required Request Request { get; init; }

    /// <summary>The worker that served it last, or <c>null</c> if none was healthy.</summary>
    public required WorkerId? Worker { get; init; }

    /// <summary>When it reached the router.</summary>
    public required Instant ArrivedAt { get; init; }

    /// <summary>When its first denoising step started.</summary>
    public required Instant? StartedAt { get; init; }

    /// <summary>When its last denoising step ended.</summary>
    public required Instant? DenoisedAt { get; init; }

    /// <summary>When its image was ready, or when it failed.</summary>
    public required Instant FinishedAt { get; init; }

    /// <summary>How it ended.</summary>
    public required RequestOutcome Outcome { get; init; }

    /// <summary>Why it failed, in words, or <c>null</c>.</summary>
    public required string? Failure { get; init; }
}
