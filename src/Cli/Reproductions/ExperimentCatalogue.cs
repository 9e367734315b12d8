using SimServe.Cli.Reproductions.InstGenIE;
using SimServe.Cli.Reproductions.SwiftDiffusion;

namespace SimServe.Cli.Reproductions;

/// <summary>Every experiment that can be reproduced: a new one is added here and nowhere else.</summary>
internal static class ExperimentCatalogue
{
    /// <summary>Stands for all of them on the command line.</summary>
    public const string Everything = "all";

    public static IReadOnlyList<IExperiment> All { get; } = [new InstGenIEExperiment(), new SwiftDiffusionExperiment()];

    /// <summary>Those of a name; none where it is unknown.</summary>
    public static IReadOnlyList<IExperiment> Find(string name) => [.. All.Where(experiment => name == Everything || experiment.Id == name)];
}
