using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Traces;

/// <summary>Turns one kind of published file into our records.</summary>
public interface ITraceImporter
{
    /// <summary>Imports a file, which is held in memory.</summary>
    /// <param name="stream">The file's bytes; stays open.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <returns>One record per row in order of arrival, from the first arrival or the file's own zero on; the id is the row, from 0.</returns>
    /// <exception cref="InvalidInputException">Lines are wrong; the message names line, column and fix.</exception>
    IReadOnlyList<TraceRequest> Import(Stream stream, string file);
}
