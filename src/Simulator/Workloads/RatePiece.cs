namespace SimServe.Simulator.Workloads;

/// <summary>A length of time with one arrival rate.</summary>
/// <param name="Length">Greater than zero.</param>
/// <param name="RequestsPerSecond">Rate in requests/s, finite and at least 0.</param>
public readonly record struct RatePiece(TimeSpan Length, double RequestsPerSecond);
