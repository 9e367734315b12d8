using System.Text.Json;
using SimServe.Policies;
using SimServe.Policies.Routing;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Reports.Runs;

/// <summary><c>decisions.jsonl</c>, written while the run goes on: every decision with what the policy saw, an object a line.</summary>
/// <remarks>A line per routing decision lists all workers: a file for fleets of tens, not of thousands.</remarks>
public sealed class DecisionsFile : IRunObserver, IDisposable
{
    /// <summary>Name of the file in a run's folder.</summary>
    public const string FileName = "decisions.jsonl";

    private readonly RunFolder _folder;
    private readonly PendingFile _file;
    private readonly Utf8JsonWriter _json;
    private readonly string _world;

    /// <summary>Opens the file.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="world">Which run it is, e.g. <c>simulated</c>.</param>
    /// <exception cref="IOException">It cannot be created.</exception>
    public DecisionsFile(RunFolder folder, string world)
    {
        ArgumentNullException.ThrowIfNull(folder);
        (_folder, _world, _file) = (folder, world, folder.Open(FileName));
        _json = new Utf8JsonWriter(_file.Stream);
    }

    /// <inheritdoc/>
    public void Routed(in Request request, FleetView fleet, int chosen, Instant now)
    {
        Begin("routing", now);
        _json.WriteNumber("request", request.Id.Value);
        _json.WriteNumber("worker", fleet[chosen].Id.Value);
        _json.WriteStartArray("seen");
        foreach (var worker in fleet.Workers)
        {
            Write(worker);
        }

        _json.WriteEndArray();
        End();
    }

    /// <inheritdoc/>
    public void Admitted(WorkerId worker, int running, ReadOnlySpan<RequestId> admitted, Instant now)
    {
        Begin("batching", now);
        _json.WriteNumber("worker", worker.Value);
        _json.WriteNumber("running", running);
        _json.WriteStartArray("admitted");
        foreach (var request in admitted)
        {
            _json.WriteNumberValue(request.Value);
        }

        _json.WriteEndArray();
        End();
    }

    /// <summary>Lets the file appear.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Complete()
    {
        // It flushes, and must not do so once the file is closed.
        _json.Dispose();
        _file.Keep();
        _folder.Kept(FileName);
    }

    /// <summary>Removes the file if it was not completed.</summary>
    public void Dispose()
    {
        _json.Dispose();
        _file.Dispose();
    }

    private void Write(IWorkerView worker)
    {
        _json.WriteStartObject();
        _json.WriteNumber("worker", worker.Id.Value);
        _json.WriteNumber("running", worker.Running);
        _json.WriteStartArray("requests");
        for (var i = 0; i < worker.Running + worker.Waiting; i++)
        {
            var request = worker.Outstanding(i);
            _json.WriteStartArray();
            _json.WriteNumberValue(request.MaskedTokens);
            _json.WriteNumberValue(request.RemainingSteps);
            _json.WriteEndArray();
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
    }

    private void Begin(string kind, Instant now)
    {
        _json.WriteStartObject();
        _json.WriteString("world", _world);
        _json.WriteString("kind", kind);
        _json.WriteNumber("at", now.TotalSeconds);
    }

    private void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        _file.Stream.WriteByte((byte)'\n');
    }
}
