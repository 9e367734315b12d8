using System.Text.Json;
using static SimServe.Simulator.Reports.TraceEventJson;

namespace SimServe.Simulator.Reports.RunTraces;

/// <summary>Two runs in one trace that Perfetto opens: every worker is a process with the two runs as tracks one above the other, and a process of requests.</summary>
/// <remarks>Source of the format: "Trace Event Format" (Google); times are microseconds.</remarks>
public static class TraceOverlay
{
    private const int RequestsProcess = 1;
    private const int FirstWorkerProcess = 2;

    /// <summary>Writes it, under a temporary name first.</summary>
    /// <param name="path">The file; an older one is replaced.</param>
    /// <param name="first">The first run and its name.</param>
    /// <param name="second">The second run and its name.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, (string Name, RunTrace Trace) first, (string Name, RunTrace Trace) second)
    {
        using var file = new PendingFile(Path.GetFullPath(path));
        using (var json = new Utf8JsonWriter(file.Stream))
        {
            json.WriteStartObject();
            json.WriteString("displayTimeUnit", "ms");
            json.WriteStartArray("traceEvents");
            Name(json, "process_name", RequestsProcess, 0, "requests");
            Write(json, first, track: 1);
            Write(json, second, track: 2);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        file.Keep();
    }

    private static void Write(Utf8JsonWriter json, (string Name, RunTrace Trace) run, int track)
    {
        foreach (var worker in run.Trace.Batches.Select(static batch => batch.Worker).Distinct().Order())
        {
            Name(json, "process_name", FirstWorkerProcess + worker, 0, $"worker {worker}");
            Name(json, "thread_name", FirstWorkerProcess + worker, track, run.Name);
        }

        foreach (var batch in run.Trace.Batches)
        {
            WriteBatch(json, batch, track);
        }

        foreach (var stall in run.Trace.Stalls)
        {
            Begin(json, stall.What, "X", FirstWorkerProcess + stall.Worker, track, stall.StartSeconds);
            json.WriteNumber("dur", stall.Seconds * MicrosecondsPerSecond);
            json.WriteEndObject();
        }

        foreach (var request in run.Trace.Requests.Values)
        {
            WriteSpan(json, request, "b", request.ArrivedSeconds, run.Name);
            WriteSpan(json, request, "e", request.FinishedSeconds, run.Name);
        }
    }

    private static void WriteBatch(Utf8JsonWriter json, TracedBatch batch, int track)
    {
        Begin(json, $"batch of {batch.Requests.Count}", "X", FirstWorkerProcess + batch.Worker, track, batch.StartSeconds);
        json.WriteNumber("dur", batch.Seconds * MicrosecondsPerSecond);
        json.WriteStartObject("args");
        json.WriteNumber("steps", batch.Steps);
        json.WriteNumber("maskedTokens", batch.MaskedTokens);
        json.WriteNumber("predictedStepMs", batch.PredictedStepSeconds * 1e3);
        json.WriteNumber("bytesLoaded", batch.BytesLoaded);
        json.WriteString("requests", string.Join(' ', batch.Requests));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // Asynchronous events of one category and number lie on one row: the two runs' spans of a request lie under each other.
    private static void WriteSpan(Utf8JsonWriter json, TracedRequest request, string phase, double at, string run)
    {
        Begin(json, run, phase, RequestsProcess, 0, at);
        json.WriteString("cat", $"request {request.Number}");
        json.WriteString("id", $"{request.Number} {run}");
        json.WriteEndObject();
    }
}
