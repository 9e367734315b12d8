using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions;

/// <summary>An experiment of a paper that can be run: its rows and constants lie in a folder of its name below <c>experiments/</c>.</summary>
internal interface IExperiment
{
    /// <summary>Its name on the command line and of its folder.</summary>
    string Id { get; }

    /// <summary>What it is, in a line.</summary>
    string Title { get; }

    /// <summary>Computes and measures what its file declares.</summary>
    /// <param name="file">Its rows and constants.</param>
    /// <param name="context">Where and how.</param>
    MeasurementBook Run(ExperimentFile file, ExperimentContext context);
}
