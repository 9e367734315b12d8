using SimServe.Cli.Plots;
using SimServe.Simulator.Scenarios;

namespace SimServe.Cli.Simulations;

/// <summary>What <c>simulate</c> is asked for.</summary>
internal sealed record SimulationRequest
{
    public required int? Seed { get; init; }

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

    public void Check(string file)
    {
        var faults = new List<InputFault>();
        Check(faults, "--replications", Replications, 1, 10_000);
        Check(faults, "--warm-up", WarmUp, 0, 0.9);
        Check(faults, "--slo-scale", SloScale ?? 1, 0.1, 1e6);
        Check(faults, "--goal", Goal, 0.001, 1);
        Check(faults, "--cut-off", CutOffSeconds ?? 1, 0.001, 1e9);
        Check(faults, "--parallel", Threads, 1, 1024);
        if (faults.Count > 0)
        {
            throw new InvalidInputException(file, faults);
        }
    }

    private static void Check(List<InputFault> faults, string key, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
        {
            faults.Add(new InputFault(key, FormattableString.Invariant($"{value}"), FormattableString.Invariant($"a number from {least} to {most}"), "Write one in that range."));
        }
    }
}
