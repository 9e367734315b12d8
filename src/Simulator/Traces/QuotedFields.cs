namespace SimServe.Simulator.Traces;

/// <summary>Splits a line whose fields may stand in quotation marks, as programs for CSV write them; a mark inside is written twice.</summary>
internal static class QuotedFields
{
    public static string[] Split(string line)
    {
        var fields = new List<string>();
        var start = 0;
        while (start <= line.Length)
        {
            var end = EndOf(line, start);
            fields.Add(Unquote(line[start..end]));
            start = end + 1;
        }

        return [.. fields];
    }

    private static int EndOf(string line, int start)
    {
        var isQuoted = false;
        for (var at = start; at < line.Length; at++)
        {
            isQuoted ^= line[at] == '"';
            if (line[at] == ',' && !isQuoted)
            {
                return at;
            }
        }

        return line.Length;
    }

    private static string Unquote(string field) => field.Length >= 2 && field[0] == '"' && field[^1] == '"'
        ? field[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal)
        : field;
}
