namespace SimServe.Policies.Serving;

// How a request leaves a worker.
internal readonly record struct Departure(DepartureKind Kind, string? Reason);
