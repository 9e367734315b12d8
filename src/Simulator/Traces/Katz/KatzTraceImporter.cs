using System.Text.Json;
using SimServe.Policies;

namespace SimServe.Simulator.Traces.Katz;

/// <summary>The request trace of Katz (Li et al., USENIX ATC '25; <c>diffusion_model_request_trace.json</c>): a JSON list of objects.</summary>
/// <param name="options">What fills steps, mask ratio, template, seed and size.</param>
/// <remarks>
/// Known: arrivals (seconds, from the first on; the list need not be sorted), ControlNets, LoRAs, and the service, as tenant. Left out: the node
/// that served the request (a run decides that anew) and the base model (a run serves one). The list is read as a stream; only requests are held.
/// </remarks>
public sealed class KatzTraceImporter(TraceImportOptions options) : ITraceImporter
{
    /// <inheritdoc/>
    public IReadOnlyList<TraceRequest> Import(Stream stream, string file)
    {
        var limits = new TraceLimits();
        var faults = new TraceFaults(file, limits.MaxFaults);
        var cursor = new JsonCursor(stream, limits.MaxLineBytes, faults);
        var (requests, missing) = (new List<TraceRequest>(), new MissingValues(options));
        if (cursor.Read() && cursor.Type != JsonTokenType.StartArray)
        {
            cursor.Fault("a list of requests", "Name another format: this one is a list.");
        }
        else
        {
            ReadList(cursor, faults, requests, missing);
        }

        faults.ThrowIfAny();
        return FromTheFirst(requests);
    }

    private static void ReadList(JsonCursor cursor, TraceFaults faults, List<TraceRequest> requests, MissingValues missing)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        while (!faults.IsFull && cursor.Read() && cursor.Type != JsonTokenType.EndArray)
        {
            if (cursor.Type == JsonTokenType.StartObject)
            {
                requests.Add(new KatzRequest(cursor, known).Read(missing.Next(requests.Count)));
            }
            else
            {
                cursor.Fault("a request: an object", "Correct the element.");
            }
        }

        // Whatever stands behind the list is a fault, which the cursor reports.
        if (!faults.IsFull)
        {
            cursor.Read();
        }
    }

    private static TraceRequest[] FromTheFirst(List<TraceRequest> requests)
    {
        if (requests.Count == 0)
        {
            return [];
        }

        var first = requests.Min(static request => request.ArrivesAt.Ticks);
        return [.. requests.Select(request => request with { ArrivesAt = new Instant(request.ArrivesAt.Ticks - first) }).OrderBy(static request => request.ArrivesAt)];
    }
}
