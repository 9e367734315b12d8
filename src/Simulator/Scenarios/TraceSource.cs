using System.Text.Json.Serialization;

namespace SimServe.Simulator.Scenarios;

/// <summary>The trace of a scenario.</summary>
/// <param name="File">Path of the file.</param>
/// <param name="Format">One of <see cref="Traces.TraceFormats.Names"/>.</param>
/// <param name="TimeScale">Length of the replay over the length of the trace: 0.5 doubles every rate.</param>
/// <param name="FromSeconds">Start of the window in the trace's time, seconds.</param>
/// <param name="UntilSeconds">End of the window in the trace's time, seconds; null: the end of the trace.</param>
/// <param name="First">How many requests of the window are replayed at most; null: all.</param>
public sealed record TraceSource(
    string File,
    string Format,
    double TimeScale,
    double FromSeconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? UntilSeconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? First);
