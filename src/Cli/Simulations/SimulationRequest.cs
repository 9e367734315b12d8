using SimServe.Cli.Plots;
using SimServe.Simulator.Scenarios;

namespace SimServe.Cli.Simulations;

/// <summary>What <c>simulate</c> is asked for.</summary>
internal sealed record SimulationRequest
{
    public required int Replications { get; init; }

    // Share of the requests, from the first on, that is not measured.
    public required double WarmUp { get; init; }

    // How many times the latency alone a request may take; null: only the classes' objectives count.
    public required double? SloScale { get; init; }

    public required double Goal { get; init; }

    public required double? CutOffSeconds { get; init; }

    public required bool Baseline { get; init; }

    public required bool Decisions { get; init; }

    public required int Threads { get; init; }

    public PlotFormats Plots { get; init; }

    public List<InputFault> Faults()
    {
        var faults = new List<InputFault>();
        faults.CheckWhole("--replications", Replications, 1, 10_000);
        faults.CheckNumber("--warm-up", WarmUp, 0, 0.9);
        faults.CheckNumber("--slo-scale", SloScale ?? 1, 0.1, 1e6);
        faults.CheckNumber("--goal", Goal, 0.001, 1);
        faults.CheckNumber("--cut-off", CutOffSeconds ?? 1, 0.001, 1e9);
        faults.CheckThreads(Threads);
        return faults;
    }
}
