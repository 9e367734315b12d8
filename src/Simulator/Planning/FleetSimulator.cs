using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Planning;

/// <summary>Runs a fleet through the real policies. The one place where planning meets the simulation.</summary>
/// <param name="model">The model that is served.</param>
/// <param name="policies">The policies.</param>
internal sealed class FleetSimulator(ModelShape model, PolicyOptions policies)
{
    // Templates are warm; workers are counted as busy from the first to the last request of the window.
    public ReplicationRun Run(
        IReadOnlyList<ICostModel> costs, DeviceSpec device, Request[] requests, CountedWindow window, CancellationToken cancellation)
    {
        var serving = new Simulation { Model = model, Device = device, Costs = costs, Policies = policies, Requests = requests }
            .Run(null, cancellation).Serving;
        var latencies = new double[requests.Length];
        for (var i = 0; i < latencies.Length; i++)
        {
            var record = serving.Records[i];
            latencies[i] = record.Outcome == RequestOutcome.Completed
                ? (record.FinishedAt - record.ArrivedAt).TotalSeconds
                : double.PositiveInfinity;
        }

        var (from, to) = (requests[window.Start].ArrivesAt, requests[window.End - 1].ArrivesAt);
        return new ReplicationRun(latencies, Busy(serving.Segments, costs.Count, from, to));
    }

    private static double[] Busy(IReadOnlyList<BatchSegment> segments, int workers, Instant from, Instant to)
    {
        var ticks = new long[workers];
        foreach (var segment in segments)
        {
            ticks[segment.Worker.Value] += Math.Max(0, Math.Min(segment.End.Ticks, to.Ticks) - Math.Max(segment.Start.Ticks, from.Ticks));
        }

        var window = Math.Max(1, (to - from).Ticks);
        return Array.ConvertAll(ticks, busy => (double)busy / window);
    }
}
