using System.Text.Json;
using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>What the data of several charts have in common.</summary>
internal static class JsonParts
{
    public static void WriteAxis(this Utf8JsonWriter json, string name, ChartAxis axis)
    {
        json.WriteStartObject(name);
        json.WriteString("label", axis.Label);
        json.WriteString("unit", axis.Unit);
        json.WriteString("scale", ScaleName(axis.Scale));
        json.WriteEndObject();
    }

    public static void WriteThresholds(this Utf8JsonWriter json, string name, IReadOnlyList<ChartThreshold> thresholds)
    {
        json.WriteStartArray(name);
        foreach (var threshold in thresholds.Where(static threshold => double.IsFinite(threshold.Value)))
        {
            json.WriteStartObject();
            json.WriteNumber("value", threshold.Value);
            json.WriteString("label", threshold.Label);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // JSON has no NaN: null is a gap.
    public static void WriteValue(this Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    public static void WriteColumn(this Utf8JsonWriter json, string name, IEnumerable<double> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteValue(value);
        }

        json.WriteEndArray();
    }

    public static void WriteColumn(this Utf8JsonWriter json, string name, IEnumerable<int> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }

    public static void WriteColumn(this Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static string ScaleName(ChartScale scale) => scale switch
    {
        ChartScale.Linear => "linear",
        ChartScale.Logarithmic => "logarithmic",
        ChartScale.Time => "time",
        ChartScale.Share => "share",
        _ => throw new ArgumentException($"Unknown scale {scale}."),
    };
}
