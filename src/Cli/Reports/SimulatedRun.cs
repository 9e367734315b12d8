using SimServe.Cli.Validation;
using SimServe.Policies.Serving;
using SimServe.Simulator;
using SimServe.Simulator.Scenarios;

namespace SimServe.Cli.Reports;

/// <summary>A simulated run of a scenario of which everything is kept. Its requests are drawn or read while it runs, so closed loops and long traces work too.</summary>
internal static class SimulatedRun
{
    // The scenario may have another seed than the files': a replication's. No images are made, so masks need no shapes.
    public static ServingResult Of(Simulation simulation, Scenario scenario, ScenarioFiles files, IRunObserver? observer, CancellationToken cancellation)
    {
        var collector = new RunCollector();
        var source = ScenarioWorkload.Stream(scenario, files.Model.Grid, files.EditMasks, scenario.Seed, maskShapes: false);
        var streamed = (simulation with { TemplateSteps = scenario.Steps }).Stream(
            source, observer is null ? collector : new RunObservers(collector, observer), cancellation);
        return collector.Close(streamed.End);
    }
}
