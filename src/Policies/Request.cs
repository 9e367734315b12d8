namespace SimServe.Policies;

/// <summary>One image edit to be served.</summary>
/// <remarks>A value: a run streams its requests, and one that has ended leaves nothing behind. Everything that happens to it is in its record.</remarks>
public readonly record struct Request
{
    /// <summary>Creates an edit of everything with default properties; set the required ones.</summary>
    public Request()
    {
    }

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

    /// <summary>How urgent it is and what latency its user was promised.</summary>
    /// <value><see cref="ServiceClass.Default"/>: nothing was promised.</value>
    public ServiceClass Class { get; init; } = ServiceClass.Default;

    /// <summary>Whose request it is.</summary>
    /// <value>Tenant 0.</value>
    public TenantId Tenant { get; init; }

    /// <summary>The ControlNets and LoRAs it uses.</summary>
    /// <value><see cref="AdapterSet.None"/>.</value>
    public AdapterSet Adapters { get; init; } = AdapterSet.None;

    /// <summary>When its user gives up and cancels it, unless its last denoising step has been taken by then.</summary>
    /// <value><c>null</c>: its user waits however long it takes. An instant that is not after the arrival cancels it before admission is asked.</value>
    public Instant? CancelsAt { get; init; }

    /// <summary>When its latency objective ends, or <c>null</c> when its class has none.</summary>
    public Instant? Deadline => Class.Objective is { } objective ? ArrivesAt + objective : null;
}
