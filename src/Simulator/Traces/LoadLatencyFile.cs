using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Traces;

/// <summary>Reads GenTD26's measured load times (<c>*_latency*_anon.csv</c>): <c>timestamp_anon,value,container_ip</c>.</summary>
public static class LoadLatencyFile
{
    private const long TicksPerMillisecond = TimeSpan.TicksPerMillisecond;

    /// <summary>The load times in seconds, in the file's order.</summary>
    /// <param name="stream">The file's bytes; stays open.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <exception cref="InvalidInputException">Lines are wrong; the message names line, column and fix.</exception>
    public static IReadOnlyList<double> Read(Stream stream, string file)
    {
        var limits = new TraceLimits();
        var faults = new TraceFaults(file, limits.MaxFaults);
        var table = new TraceTable(
            new TraceLines(stream, limits.MaxLineBytes, faults, needsLastBreak: false), ["timestamp_anon", "value", "container_ip"], static line => line.Split(','), faults);
        var seconds = new List<double>();
        if (table.TryReadColumns())
        {
            seconds.AddRange(table.Rows().Select(static row => row.Time(1, TicksPerMillisecond)?.TotalSeconds ?? 0));
        }

        faults.ThrowIfAny();
        return seconds;
    }
}
