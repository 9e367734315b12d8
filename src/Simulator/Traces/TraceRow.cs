using System.Globalization;
using SimServe.Policies;

namespace SimServe.Simulator.Traces;

/// <summary>The fields of one line; a bad one is reported and replaced by a value that lets reading go on.</summary>
internal sealed class TraceRow(long line, IReadOnlyList<string> columns, string[] fields, TraceFaults faults)
{
    public string Text(int column) => fields[column];

    public bool IsEmpty(int column) => fields[column].Length == 0;

    public long Whole(int column, long least, long most)
    {
        if (long.TryParse(fields[column], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }

        Fault(column, $"a whole number from {least} to {most}", "Correct the number.");
        return least;
    }

    /// <summary>A whole number that the file writes with a fraction of nought, e.g. <c>30.0</c>.</summary>
    public int WholeWithPoint(int column, int least)
    {
        if (TryNumber(column, out var value) && value >= least && value <= int.MaxValue && double.IsInteger(value))
        {
            return (int)value;
        }

        Fault(column, $"a whole number of at least {least}", "Correct the number.");
        return least;
    }

    public double Ratio(int column)
    {
        if (TryNumber(column, out var value) && value >= 0 && value <= 1)
        {
            return value;
        }

        Fault(column, "a number from 0 to 1", "Correct the number: a ratio, not a percentage.");
        return 0;
    }

    /// <summary>A time in the file's unit, exact to a tick.</summary>
    public Instant? Time(int column, long ticksPerUnit)
    {
        const NumberStyles styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        var longest = (decimal)long.MaxValue / ticksPerUnit;
        if (decimal.TryParse(fields[column], styles, CultureInfo.InvariantCulture, out var value) && value >= 0 && value < longest)
        {
            return new Instant((long)Math.Min(long.MaxValue, Math.Round(value * ticksPerUnit)));
        }

        Fault(column, "a finite number that is not negative", "Correct the time.");
        return null;
    }

    public DateTime? Date(int column, string format)
    {
        if (DateTime.TryParseExact(fields[column], format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var value))
        {
            return value;
        }

        Fault(column, $"a date written {format}", "Correct the date.");
        return null;
    }

    public string Name(int column)
    {
        if (!IsEmpty(column) && !TraceName.IsValid(fields[column]))
        {
            Fault(column, $"a name with {TraceName.Allowed}", "Rename it.");
        }

        return fields[column];
    }

    public string[] Names(int column)
    {
        string[] names = IsEmpty(column) ? [] : fields[column].Split(TraceName.ListSeparator);
        if (!Array.TrueForAll(names, TraceName.IsValid))
        {
            Fault(column, $"names separated by semicolons, each with {TraceName.Allowed}", "Rename them, or remove the empty ones.");
        }

        return names;
    }

    public void Fault(int column, string allowed, string fix) =>
        faults.Add(line, $"{column + 1} ({columns[column]})", TraceFaults.Quote(fields[column]), allowed, fix);

    private bool TryNumber(int column, out double value) =>
        double.TryParse(fields[column], NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out value);
}
