using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Traces;

/// <summary>Collects what is wrong with one file, up to a limit.</summary>
/// <param name="file">Its name.</param>
/// <param name="limit">So many faults are kept.</param>
/// <param name="unit">What its numbers count: lines of text, or rows of a table without lines.</param>
internal sealed class TraceFaults(string file, int limit, string unit = "line")
{
    private const int LongestQuotation = 60;
    private readonly List<InputFault> _faults = [];

    public bool IsEmpty => _faults.Count == 0;

    public bool IsFull => _faults.Count >= limit;

    public void Add(long line, string column, string found, string allowed, string fix)
    {
        if (!IsFull)
        {
            var place = line == 0 ? "the header" : $"{unit} {line}";
            place = column.Length == 0 ? place : $"{place}, column {column}";
            _faults.Add(new InputFault(place, found, allowed, fix));
        }
    }

    /// <summary>What was found, short and harmless enough for a message.</summary>
    public static string Quote(string text)
    {
        var shown = text.Length <= LongestQuotation ? text : $"{text.AsSpan(0, LongestQuotation)}...";
        return $"\"{string.Concat(shown.Select(static character => char.IsControl(character) ? '?' : character))}\"";
    }

    public void ThrowIfAny()
    {
        if (IsFull)
        {
            throw new InvalidInputException($"{file} (read up to fault {limit}; there may be more)", _faults);
        }

        if (!IsEmpty)
        {
            throw new InvalidInputException(file, _faults);
        }
    }
}
