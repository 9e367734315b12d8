using SimServe.Policies.Serving;
using SimServe.Simulator;

namespace SimServe.Cli.Reports;

/// <summary>A simulated run of which everything is kept.</summary>
internal static class SimulatedRun
{
    public static ServingResult Of(Simulation simulation, IRequestSource source, CancellationToken cancellation)
    {
        var collector = new RunCollector();
        return collector.Close(simulation.Stream(source, collector, cancellation).End);
    }
}
