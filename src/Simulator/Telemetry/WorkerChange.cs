using SimServe.Policies;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Telemetry;

/// <summary>A worker's state changed.</summary>
/// <param name="Worker">The worker.</param>
/// <param name="State">Its new state.</param>
/// <param name="At">When.</param>
public readonly record struct WorkerChange(WorkerId Worker, WorkerState State, Instant At);
