namespace SimServe.Policies;

/// <summary>One image edit to be served.</summary>
/// <remarks>Immutable; everything that happens to it is recorded in the records of the run.</remarks>
public sealed record Request
{
    /// <summary>Number within the run.</summary>
    public required RequestId Id { get; init; }

    /// <summary>When the request reaches the router.</summary>
    public required Instant ArrivesAt { get; init; }

    /// <summary>The image that is edited.</summary>
    public required TemplateId Template { get; init; }

    /// <summary>What is edited.</summary>
    public required EditMask Mask { get; init; }

    /// <summary>Denoising steps, at least 1. Reuse needs the template's own number of steps.</summary>
    public required int Steps { get; init; }

    /// <summary>What the user wants to see in the mask.</summary>
    public required string Prompt { get; init; }

    /// <summary>Seed of the initial noise.</summary>
    public required long Seed { get; init; }
}
