using SimServe.Policies;

namespace SimServe.Simulator.Traces;

/// <summary>Checks what one line alone does not show: that arrivals do not go back and that ids are unique.</summary>
/// <remarks>Holds the ids read so far, about 20 bytes per request: the only memory of reading that grows with the trace.</remarks>
internal sealed class TraceOrder
{
    private readonly HashSet<long> _ids = [];
    private Instant _latest;

    public void Check(TraceRow row, Instant? arrival, long id)
    {
        if (arrival is { } instant && instant < _latest)
        {
            row.Fault(1, $"at least {TraceText.Seconds(_latest)}, the arrival before it", "Sort the lines by arrival.");
        }

        if (!_ids.Add(id))
        {
            row.Fault(0, "an id that no earlier line has", "Number the requests anew.");
        }

        _latest = Instant.Max(_latest, arrival ?? _latest);
    }
}
