namespace SimServe.Policies.Serving;

// A request on its way through one worker. Mutable, private to the loop.
internal sealed class Ticket(Request request, Instant arrivedAt)
{
    public Request Request => request;

    public Instant ArrivedAt => arrivedAt;

    public Instant ReadyAt { get; set; }

    public Instant? StartedAt { get; set; }

    public Instant? DenoisedAt { get; set; }

    public int StepsDone { get; set; }

    public int Remaining => request.Steps - StepsDone;

    // Completed by the worker when the request leaves it.
    public Completion<Departure>? Leaving { get; set; }
}

internal enum DepartureKind
{
    Denoised,
    Failed,
    Displaced,
}

internal readonly record struct Departure(DepartureKind Kind, string? Reason);
