namespace SimServe.Policies;

/// <summary>A worker's machine is taken away after a notice, as spot machines are.</summary>
/// <param name="At">When the notice comes: the worker takes nothing new from then on.</param>
/// <param name="Worker">The worker's number.</param>
/// <param name="Notice">How long after it the device is lost; zero or more.</param>
public sealed record SpotPreemption(Instant At, int Worker, TimeSpan Notice) : Fault(At);
