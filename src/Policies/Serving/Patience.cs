namespace SimServe.Policies.Serving;

// Waits for the instant at which a request's user gives up. Clocks take no wait back, so it outlives a request that is served in time, and the
// course that served it: it knows the request by its number. It is used again and again, so that a request costs no allocation.
internal sealed class Patience
{
    // Waits for the next request to be given to it.
    public Completion<bool> Begins { get; } = new();

    public Course? Course { get; set; }

    public RequestId Request { get; set; }

    public Instant EndsAt { get; set; }
}
