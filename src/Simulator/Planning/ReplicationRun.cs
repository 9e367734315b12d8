namespace SimServe.Simulator.Planning;

// What planning needs of one simulated run.
// Latencies: seconds of every request in order of arrival, infinite where it failed. Busy and On: share of the window that each worker denoised, and was there.
internal sealed record ReplicationRun(double[] Latencies, double[] Busy, double[] On);
