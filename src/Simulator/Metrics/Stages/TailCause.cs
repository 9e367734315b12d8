namespace SimServe.Simulator.Metrics.Stages;

/// <summary>What a stage has to do with the slowest requests.</summary>
/// <param name="Stage">The stage's name.</param>
/// <param name="ShareOfTail">Share of the latency of the tail's requests that they spent in it, from 0 to 1; all stages sum to 1.</param>
/// <param name="P99Without">The 99th percentile of latency minus time in this stage, s: what p99 would be if the stage took no time and nothing else changed.</param>
/// <param name="Saved">How much lower that is than p99, s.</param>
/// <remarks>A first-order answer: with a stage gone, queues would shorten too, and the true gain is larger.</remarks>
public sealed record TailCause(string Stage, double ShareOfTail, double P99Without, double Saved);
