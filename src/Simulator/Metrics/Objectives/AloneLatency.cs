using SimServe.Policies;

namespace SimServe.Simulator.Metrics.Objectives;

/// <summary>Latency that a request would have if it were alone in the system. Allocates nothing; called once per request.</summary>
/// <param name="request">The request.</param>
/// <returns>Greater than zero.</returns>
public delegate TimeSpan AloneLatency(in Request request);
