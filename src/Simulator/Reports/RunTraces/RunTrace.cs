using System.Text.Json;
using SimServe.Simulator.Reports.Runs;

namespace SimServe.Simulator.Reports.RunTraces;

/// <summary>A run's <c>trace.json</c>, read back: simulated and real runs write the same one.</summary>
public sealed class RunTrace
{
    private const double SecondsPerMicrosecond = 1e-6;

    private readonly List<TracedBatch> _batches = [];
    private readonly List<TracedStall> _stalls = [];
    private readonly SortedDictionary<int, TracedRequest> _requests = [];
    private readonly Dictionary<int, int> _workers = [];
    private readonly Dictionary<int, double> _arrivals = [];

    private RunTrace()
    {
    }

    /// <summary>Batches in the order in which they ended.</summary>
    public IReadOnlyList<TracedBatch> Batches => _batches;

    /// <summary>Times in which workers stood still.</summary>
    public IReadOnlyList<TracedStall> Stalls => _stalls;

    /// <summary>Requests whose whole time is in the trace, by number.</summary>
    public IReadOnlyDictionary<int, TracedRequest> Requests => _requests;

    /// <summary>Events of the run that the file left out, because it has a bound.</summary>
    public long LeftOut { get; private set; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path.</param>
    /// <exception cref="InvalidDataException">It is not a trace that <see cref="TraceFile"/> wrote; the message says what is wrong.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static RunTrace Read(string path)
    {
        using var file = File.OpenRead(path);
        try
        {
            using var document = JsonDocument.Parse(file);
            return Of(document.RootElement);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{path}: found something else; allowed: the trace.json of a run. {fault.Message} Write it again with 'simserve simulate' or 'simserve run'.", fault);
        }
    }

    private static RunTrace Of(JsonElement root)
    {
        var trace = new RunTrace();
        foreach (var item in root.GetProperty("traceEvents").EnumerateArray())
        {
            trace.Take(item, item.GetProperty("ph").GetString()!, item.GetProperty("name").GetString()!);
        }

        trace.LeftOut = root.GetProperty("otherData").GetProperty("eventsLeftOut").GetInt64();
        return trace;
    }

    private void Take(JsonElement item, string phase, string name)
    {
        switch (phase)
        {
            case "X" when name.StartsWith("batch of", StringComparison.Ordinal):
                _batches.Add(Batch(item));
                break;
            case "X" when name.StartsWith("load ", StringComparison.Ordinal):
                _stalls.Add(new TracedStall(item.GetProperty("tid").GetInt32(), Seconds(item, "ts"), Seconds(item, "dur"), name));
                break;
            case "f" when name == "to worker":
                _workers[item.GetProperty("id").GetInt32()] = item.GetProperty("tid").GetInt32();
                break;
            case "b" when name == "request":
                _arrivals[item.GetProperty("id").GetInt32()] = Seconds(item, "ts");
                break;
            case "e" when name == "request":
                End(item, item.GetProperty("id").GetInt32());
                break;
        }
    }

    private static TracedBatch Batch(JsonElement item)
    {
        var facts = item.GetProperty("args");
        return new TracedBatch(
            item.GetProperty("tid").GetInt32(),
            Seconds(item, "ts"),
            Seconds(item, "dur"),
            facts.GetProperty("steps").GetInt32(),
            facts.GetProperty("maskedTokens").GetInt32(),
            facts.GetProperty("predictedStepMs").GetDouble() / 1e3,
            facts.GetProperty("bytesLoaded").GetInt64(),
            [.. facts.GetProperty("requests").EnumerateArray().Select(static request => request.GetInt32())]);
    }

    private void End(JsonElement item, int request)
    {
        if (_arrivals.Remove(request, out var arrived))
        {
            var outcome = item.GetProperty("args").GetProperty("outcome").GetString()!;
            _requests[request] = new TracedRequest(request, arrived, Seconds(item, "ts"), outcome, _workers.TryGetValue(request, out var worker) ? worker : null);
        }
    }

    private static double Seconds(JsonElement item, string key) => item.GetProperty(key).GetDouble() * SecondsPerMicrosecond;
}
