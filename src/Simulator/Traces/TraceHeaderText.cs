using System.Text;
using System.Text.Json;

namespace SimServe.Simulator.Traces;

/// <summary>The header line: a mark that programs for CSV take for a comment, then one JSON object.</summary>
internal static class TraceHeaderText
{
    private const string Version = "schemaVersion";
    private const string Provenance = "provenance";
    private const string Units = "units";
    private const string Fix = "Start the file with the header that the documentation of Traces shows.";

    public static string Line(TraceHeader header) => TraceFormat.Marker + Json(header);

    public static string Json(TraceHeader header)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber(Version, header.SchemaVersion);
            json.WriteString(Provenance, header.Provenance);
            json.WriteStartObject(Units);
            foreach (var (column, unit) in header.Units)
            {
                json.WriteString(column, unit);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>Reads the header; what it returns counts only if no fault was added.</summary>
    public static TraceHeader Read(TraceLines lines, TraceFaults faults)
    {
        var header = new TraceHeader { Provenance = "" };
        if (!lines.TryRead(out var line))
        {
            faults.Add(1, "", "an empty file", "a header", Fix);
        }
        else if (line is not null && !line.StartsWith(TraceFormat.Marker, StringComparison.Ordinal))
        {
            faults.Add(1, "", TraceFaults.Quote(line), $"\"{TraceFormat.Marker}\" and a JSON object", Fix);
        }
        else if (line is not null)
        {
            header = Parse(line[TraceFormat.Marker.Length..], 1, faults);
        }

        return header;
    }

    /// <summary>Reads the JSON object; what it returns counts only if no fault was added.</summary>
    /// <param name="text">The object.</param>
    /// <param name="line">Where it stands; 0 for a file without lines.</param>
    /// <param name="faults">Receives the faults.</param>
    public static TraceHeader Parse(string text, long line, TraceFaults faults)
    {
        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return Convert(json.RootElement, line, faults);
        }
        catch (JsonException fault)
        {
            faults.Add(line, "", $"JSON that cannot be read: {fault.Message}", "one JSON object", Fix);
            return new TraceHeader { Provenance = "" };
        }
    }

    private static TraceHeader Convert(JsonElement root, long line, TraceFaults faults)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            faults.Add(line, "", $"JSON of kind {root.ValueKind}", "one JSON object", Fix);
            return new TraceHeader { Provenance = "" };
        }

        Check(root, line, Version, static value => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number == TraceFormat.SchemaVersion, $"{TraceFormat.SchemaVersion}", "Convert the trace, or read it with the version that wrote it.", faults);
        Check(root, line, Units, HasOurUnits, string.Join(", ", TraceFormat.Units.Select(static unit => $"{unit.Key} in {unit.Value}")), "Convert the columns.", faults);
        Check(root, line, Provenance, static value => value.ValueKind == JsonValueKind.String, "text", "Say where the trace comes from.", faults);
        foreach (var key in root.EnumerateObject().Where(static key => key.Name is not (Version or Units or Provenance)))
        {
            faults.Add(line, key.Name, "an unknown key", $"{Version}, {Provenance}, {Units}", "Remove it.");
        }

        return new TraceHeader { Provenance = faults.IsEmpty ? root.GetProperty(Provenance).GetString()! : "" };
    }

    private static void Check(JsonElement root, long line, string key, Func<JsonElement, bool> isValid, string allowed, string fix, TraceFaults faults)
    {
        if (!root.TryGetProperty(key, out var value))
        {
            faults.Add(line, key, "nothing", allowed, fix);
        }
        else if (!isValid(value))
        {
            faults.Add(line, key, TraceFaults.Quote(value.GetRawText()), allowed, fix);
        }
    }

    private static bool HasOurUnits(JsonElement units) =>
        units.ValueKind == JsonValueKind.Object
        && units.EnumerateObject().Count() == TraceFormat.Units.Count
        && units.EnumerateObject().All(static unit =>
            unit.Value.ValueKind == JsonValueKind.String && TraceFormat.Units.TryGetValue(unit.Name, out var ours) && unit.Value.GetString() == ours);
}
