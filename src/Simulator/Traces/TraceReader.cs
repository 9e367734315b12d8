using SimServe.Policies;
using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Traces;

/// <summary>Reads a trace in our format, line by line.</summary>
/// <remarks>Memory does not depend on the length of lines, and on the number of lines only by the ids, which must be unique.</remarks>
public sealed class TraceReader : IDisposable
{
    private readonly Stream _stream;
    private readonly TraceFaults _faults;
    private readonly TraceTable _table;

    /// <summary>Opens a trace and reads its header.</summary>
    /// <param name="stream">The file's bytes; disposed with the reader.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="limits">How much of a bad trace is read and reported; default the defaults of <see cref="TraceLimits"/>.</param>
    /// <exception cref="InvalidInputException">Header or columns are wrong; nothing after them is read then.</exception>
    public TraceReader(Stream stream, string file, TraceLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        limits ??= new TraceLimits();
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.MaxLineBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.MaxFaults, 1);
        _stream = stream;
        _faults = new TraceFaults(file, limits.MaxFaults);
        var lines = new TraceLines(stream, limits.MaxLineBytes, _faults);
        _table = new TraceTable(lines, TraceFormat.Columns, static line => line.Split(','), _faults);
        Header = TraceHeaderText.Read(lines, _faults);
        if (_faults.IsEmpty)
        {
            _table.TryReadColumns();
        }

        _faults.ThrowIfAny();
    }

    /// <summary>The first line.</summary>
    public TraceHeader Header { get; }

    /// <summary>Opens a trace file and reads its header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limits">As for the constructor.</param>
    /// <exception cref="InvalidInputException">Header or columns are wrong.</exception>
    public static TraceReader Open(string path, TraceLimits? limits = null)
    {
        var stream = File.OpenRead(path);
        try
        {
            return new TraceReader(stream, path, limits);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The requests, in order of arrival; can be enumerated once.</summary>
    /// <remarks>After the first fault no request follows: the rest is read for its faults, and then the exception is thrown.</remarks>
    /// <exception cref="InvalidInputException">Lines are wrong; the message names line, column and fix, up to <see cref="TraceLimits.MaxFaults"/>.</exception>
    public IEnumerable<TraceRequest> Requests()
    {
        var order = new TraceOrder();
        foreach (var row in _table.Rows())
        {
            var request = Parse(row, order);
            if (_faults.IsEmpty)
            {
                yield return request;
            }
        }

        _faults.ThrowIfAny();
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    internal static TraceRequest Parse(TraceRow row, TraceOrder order)
    {
        var id = row.Whole(0, 0, long.MaxValue);
        var arrival = row.Time(1, TimeSpan.TicksPerSecond);
        order.Check(row, arrival, id);
        return new TraceRequest
        {
            Id = id,
            ArrivesAt = arrival ?? Instant.Start,
            Template = (int)row.Whole(2, 0, int.MaxValue),
            MaskRatio = row.Ratio(3),
            Steps = (int)row.Whole(4, 1, int.MaxValue),
            Seed = row.Whole(5, long.MinValue, long.MaxValue),
            Size = Size(row),
            ControlNets = row.Names(8),
            Loras = row.Names(9),
            Tenant = row.Name(10),
        };
    }

    private static TraceSize? Size(TraceRow row) => row.IsEmpty(6) && row.IsEmpty(7)
        ? null
        : new TraceSize((int)row.Whole(6, 1, int.MaxValue), (int)row.Whole(7, 1, int.MaxValue));
}
