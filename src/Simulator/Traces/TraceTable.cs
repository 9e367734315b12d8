namespace SimServe.Simulator.Traces;

/// <summary>A table whose columns are known.</summary>
internal sealed class TraceTable(TraceLines lines, IReadOnlyList<string> columns, Func<string, string[]> split, TraceFaults faults)
{
    public TraceFaults Faults => faults;

    /// <summary>Reads the line that names the columns.</summary>
    /// <returns>Whether they are the expected ones; the rows of other columns mean something else and must not be read.</returns>
    public bool TryReadColumns()
    {
        if (!lines.TryRead(out var line))
        {
            faults.Add(lines.Number + 1, "", "the end of the file", string.Join(',', columns), "Start the table with the names of its columns.");
            return false;
        }

        return line is not null && HasColumns(line.Split(','));
    }

    /// <summary>The rows that have the right number of fields, until the end or until the faults are full.</summary>
    public IEnumerable<TraceRow> Rows()
    {
        while (!faults.IsFull && lines.TryRead(out var line))
        {
            if (line is null)
            {
                continue;
            }

            var fields = split(line);
            if (fields.Length == columns.Count)
            {
                yield return new TraceRow(lines.Number, columns, fields, faults);
            }
            else
            {
                faults.Add(lines.Number, $"{Math.Min(fields.Length, columns.Count) + (fields.Length > columns.Count ? 1 : 0)}", $"{fields.Length} fields", $"{columns.Count} fields", "Give every column one field; empty ones count.");
            }
        }
    }

    private bool HasColumns(string[] found)
    {
        for (var column = 0; column < Math.Max(found.Length, columns.Count); column++)
        {
            var (name, expected) = (found.ElementAtOrDefault(column), columns.ElementAtOrDefault(column));
            if (name != expected)
            {
                faults.Add(lines.Number, $"{column + 1}", name is null ? "no column" : TraceFaults.Quote(name), expected ?? "no further column", $"The columns are {string.Join(',', columns)}.");
                return false;
            }
        }

        return true;
    }
}
