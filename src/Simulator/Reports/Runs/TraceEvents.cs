using System.Globalization;
using System.Text.Json;
using SimServe.Policies;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Reports.Runs;

// Events of a trace as JSON, up to a bound.
internal sealed class TraceEvents : IDisposable
{
    private const int Gateway = 1;
    private const int Workers = 2;
    private const int States = 3;
    private const int FlushBytes = 1 << 16;

    private readonly Utf8JsonWriter _json;
    private readonly int _most;
    private readonly List<string> _batchNames = [];
    private readonly List<string> _counterNames = [];
    private int _written;
    private long _leftOut;

    public TraceEvents(Stream stream, int most)
    {
        (_json, _most) = (new Utf8JsonWriter(stream), most);
        _json.WriteStartObject();
        _json.WriteString("displayTimeUnit", "ms");
        _json.WriteStartArray("traceEvents");
        Name("process_name", Gateway, 0, "gateway");
        Name("process_name", Workers, 0, "workers");
        Name("process_name", States, 0, "worker states");
    }

    // A short slice to bind the arrow to: the decision itself takes no time.
    public void Route(int request, Instant now)
    {
        if (Begins("route", "X", Gateway, 0, now))
        {
            _json.WriteNumber("dur", 1);
            Ends();
        }

        Arrow("s", Gateway, 0, request, now);
    }

    public void Join(int request, int worker, Instant now) => Arrow("f", Workers, worker, request, now);

    public void Batch(in BatchSegment segment)
    {
        if (Begins(NameOf(_batchNames, segment.BatchSize, "batch of"), "X", Workers, segment.Worker.Value, segment.Start))
        {
            Length(segment.End - segment.Start);
            _json.WriteStartObject("args");
            _json.WriteNumber("steps", segment.Steps);
            _json.WriteNumber("maskedTokens", segment.Plan.MaskedTokens);
            _json.WriteNumber("predictedStepMs", segment.Plan.StepTime.TotalMilliseconds);
            _json.WriteNumber("bytesLoaded", segment.BytesLoaded);
            _json.WriteStartArray("requests");
            for (var i = 0; i < segment.BatchSize; i++)
            {
                _json.WriteNumberValue(segment.Plan.Members[i].Id.Value);
            }

            _json.WriteEndArray();
            _json.WriteEndObject();
            Ends();
        }

        BatchSize(segment.Worker.Value, segment.BatchSize, segment.Start);
    }

    public void Stall(in WorkerStall stall)
    {
        if (Begins(StallNames.Of(stall.Cause), "X", Workers, stall.Worker.Value, stall.Start))
        {
            Length(stall.End - stall.Start);
            Ends();
        }
    }

    public void State(int worker, WorkerState state, Instant start, Instant end)
    {
        if (Begins(state.ToString(), "X", States, worker, start))
        {
            Length(end - start);
            Ends();
        }
    }

    // Spans of requests overlap: asynchronous events, matched by their number.
    public void Span(in RequestRecord record)
    {
        var request = record.Request.Id.Value;
        if (Begins("request", "b", Gateway, 0, record.ArrivedAt))
        {
            Identify("request", request);
            Ends();
        }

        if (Begins("request", "e", Gateway, 0, record.FinishedAt))
        {
            Identify("request", request);
            _json.WriteStartObject("args");
            _json.WriteString("outcome", record.Outcome.ToString());
            _json.WriteEndObject();
            Ends();
        }
    }

    public void Counter(string name, string first, long firstValue, string second, long secondValue, Instant now)
    {
        if (Begins(name, "C", Gateway, 0, now))
        {
            _json.WriteStartObject("args");
            _json.WriteNumber(first, firstValue);
            _json.WriteNumber(second, secondValue);
            _json.WriteEndObject();
            Ends();
        }
    }

    public void Close(int workers)
    {
        for (var worker = 0; worker < workers; worker++)
        {
            Name("thread_name", Workers, worker, $"worker {worker}");
            Name("thread_name", States, worker, $"worker {worker}");
        }

        _json.WriteEndArray();
        _json.WriteStartObject("otherData");
        _json.WriteNumber("eventsLeftOut", _leftOut);
        _json.WriteString("note", _leftOut == 0
            ? "every event of the run is here"
            : string.Create(CultureInfo.InvariantCulture, $"the first {_written} events are here, {_leftOut} later ones were left out"));
        _json.WriteEndObject();
        _json.WriteEndObject();

        // It flushes, and must not do so once the file is closed.
        _json.Dispose();
    }

    public void Dispose() => _json.Dispose();

    // Made once each: there are as many batches as there are changes of membership.
    private static string NameOf(List<string> names, int number, string prefix)
    {
        while (names.Count <= number)
        {
            names.Add(string.Create(CultureInfo.InvariantCulture, $"{prefix} {names.Count}"));
        }

        return names[number];
    }

    private void BatchSize(int worker, int size, Instant now)
    {
        if (Begins(NameOf(_counterNames, worker, "batch size of worker"), "C", Workers, 0, now))
        {
            _json.WriteStartObject("args");
            _json.WriteNumber("requests", size);
            _json.WriteEndObject();
            Ends();
        }
    }

    private void Arrow(string phase, int process, int thread, int request, Instant now)
    {
        if (Begins("to worker", phase, process, thread, now))
        {
            Identify("route", request);
            if (phase == "f")
            {
                _json.WriteString("bp", "e");
            }

            Ends();
        }
    }

    private bool Begins(string name, string phase, int process, int thread, Instant at)
    {
        if (_written == _most)
        {
            _leftOut++;
            return false;
        }

        _written++;
        TraceEventJson.Begin(_json, name, phase, process, thread, at.TotalSeconds);
        return true;
    }

    private void Length(TimeSpan length) => _json.WriteNumber("dur", length.TotalMicroseconds);

    private void Identify(string category, int id)
    {
        _json.WriteString("cat", category);
        _json.WriteNumber("id", id);
    }

    private void Ends()
    {
        _json.WriteEndObject();
        if (_json.BytesPending > FlushBytes)
        {
            _json.Flush();
        }
    }

    private void Name(string kind, int process, int thread, string name) => TraceEventJson.Name(_json, kind, process, thread, name);
}
