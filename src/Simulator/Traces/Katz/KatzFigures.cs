using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Traces.Katz;

/// <summary>The figures of Katz (Li et al., USENIX ATC '25) as numbers: <c>katz_trace_figures_digitised.json</c>.</summary>
/// <param name="A">Service A.</param>
/// <param name="B">Service B.</param>
public sealed record KatzFigures(KatzService A, KatzService B)
{
    /// <summary>Reads the file.</summary>
    /// <param name="stream">The file's bytes; stays open.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <exception cref="InvalidInputException">Something is wrong; the message names line, column, path and fix.</exception>
    public static KatzFigures Read(Stream stream, string file)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var limits = new TraceLimits();
        var faults = new TraceFaults(file, limits.MaxFaults);
        var figures = new KatzFiguresReader(new JsonCursor(stream, limits.MaxLineBytes, faults), faults).Read();
        faults.ThrowIfAny();
        return figures;
    }
}
