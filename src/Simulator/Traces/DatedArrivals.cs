using SimServe.Policies;

namespace SimServe.Simulator.Traces;

/// <summary>Dates as instants since the first row's date.</summary>
internal sealed class DatedArrivals(string format)
{
    private DateTime? _first;

    public Instant Read(TraceRow row, int column)
    {
        var date = row.Date(column, format);
        _first ??= date;
        if (date < _first)
        {
            row.Fault(column, "a date not before the first row's", "Sort the rows by date.");
        }

        return date is { } known && known > _first ? new Instant((known - _first.Value).Ticks) : Instant.Start;
    }
}
