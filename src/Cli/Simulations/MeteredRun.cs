using SimServe.Policies.Serving;
using SimServe.Simulator;
using SimServe.Simulator.Metrics;

namespace SimServe.Cli.Simulations;

/// <summary>A simulated run of which only its numbers are kept: one of many.</summary>
internal static class MeteredRun
{
    public static RunMetrics Of(Simulation simulation, IRequestSource source, int requests, CancellationToken cancellation)
    {
        var meter = new RunMeter(requests);
        return meter.Close(simulation.Stream(source, meter, cancellation).End.At);
    }
}
