namespace SimServe.Simulator.Traces;

/// <summary>Reads a published table into records.</summary>
internal static class ImportedTable
{
    /// <param name="stream">The file.</param>
    /// <param name="file">Its name.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="hasNames">Whether its first line names them.</param>
    /// <param name="options">What fills the missing fields.</param>
    /// <param name="map">Puts what a row knows into a drawn request.</param>
    /// <param name="quoted">Whether fields may stand in quotation marks.</param>
    public static IReadOnlyList<TraceRequest> Read(Stream stream, string file, string[] columns, bool hasNames, TraceImportOptions options, Func<TraceRow, TraceRequest, TraceRequest> map, bool quoted = false)
    {
        var limits = new TraceLimits();
        var faults = new TraceFaults(file, limits.MaxFaults);
        var lines = new TraceLines(stream, limits.MaxLineBytes, faults, needsLastBreak: false);
        var table = new TraceTable(lines, columns, quoted ? QuotedFields.Split : static line => line.Split(','), faults);
        var requests = new List<TraceRequest>();
        if (!hasNames || table.TryReadColumns())
        {
            var missing = new MissingValues(options);
            requests.AddRange(table.Rows().Select((row, number) => map(row, missing.Next(number))));
        }

        faults.ThrowIfAny();
        return [.. requests.OrderBy(static request => request.ArrivesAt)];
    }
}
