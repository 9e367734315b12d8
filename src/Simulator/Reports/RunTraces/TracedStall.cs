namespace SimServe.Simulator.Reports.RunTraces;

/// <summary>A time in which a worker stood still for something that its batch lacked.</summary>
/// <param name="Worker">The worker's number.</param>
/// <param name="StartSeconds">Start, seconds after the start of the run.</param>
/// <param name="Seconds">How long.</param>
/// <param name="What">What it waited for, e.g. <c>load template cache</c>.</param>
public readonly record struct TracedStall(int Worker, double StartSeconds, double Seconds, string What);
