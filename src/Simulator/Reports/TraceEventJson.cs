using System.Text.Json;

namespace SimServe.Simulator.Reports;

// What every event of a trace begins with, and the names of its processes and threads. Source: "Trace Event Format" (Google).
internal static class TraceEventJson
{
    public const double MicrosecondsPerSecond = 1e6;

    // The caller adds what the kind of event needs, and ends the object.
    public static void Begin(Utf8JsonWriter json, string name, string phase, int process, int thread, double seconds)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("ph", phase);
        json.WriteNumber("pid", process);
        json.WriteNumber("tid", thread);
        json.WriteNumber("ts", seconds * MicrosecondsPerSecond);
    }

    public static void Name(Utf8JsonWriter json, string kind, int process, int thread, string name)
    {
        json.WriteStartObject();
        json.WriteString("name", kind);
        json.WriteString("ph", "M");
        json.WriteNumber("pid", process);
        json.WriteNumber("tid", thread);
        json.WriteStartObject("args");
        json.WriteString("name", name);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
