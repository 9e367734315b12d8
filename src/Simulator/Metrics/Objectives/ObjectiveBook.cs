using System.Runtime.InteropServices;
using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Metrics.Sketches;

namespace SimServe.Simulator.Metrics.Objectives;

// Who was promised what, and whether it was kept.
internal sealed class ObjectiveBook(AloneLatency? alone, double scale)
{
    private readonly List<ServiceClass> _classes = [];
    private readonly List<TickSketch> _latencies = [];
    private readonly Dictionary<int, Tally> _tenants = [];
    private Tally[] _byClass = new Tally[4];
    private Tally _all;

    public Attainment All => _all.Attainment;

    // Whether a request met its objective; null when it has none, or was cut off or cancelled before that was decided.
    public bool? Judge(in RequestRecord record)
    {
        var allowed = record.Request.Class.Objective ?? TimeSpan.MaxValue;
        if (alone is not null)
        {
            var scaled = scale * alone(record.Request).Ticks;
            allowed = scaled < allowed.Ticks ? new TimeSpan((long)scaled) : allowed;
        }

        if (allowed == TimeSpan.MaxValue)
        {
            return null;
        }

        var latency = record.FinishedAt - record.ArrivedAt;
        return record.Outcome switch
        {
            RequestOutcome.Completed => latency <= allowed,
            RequestOutcome.QueuedAtEnd or RequestOutcome.RunningAtEnd or RequestOutcome.Cancelled => latency > allowed ? false : null,
            _ => false,
        };
    }

    public void Add(in RequestRecord record, bool? good, bool consistent)
    {
        var completed = record.Outcome == RequestOutcome.Completed && consistent;
        var latency = completed ? (record.FinishedAt - record.ArrivedAt).Ticks : 0;
        _all.Add(completed, good, latency);
        var number = NumberOf(record.Request.Class);
        _byClass[number].Add(completed, good, latency);
        if (completed)
        {
            _latencies[number].Add(latency, TickSketch.Scale.Index(latency));
        }

        CollectionsMarshal.GetValueRefOrAddDefault(_tenants, record.Request.Tenant.Value, out _).Add(completed, good, latency);
    }

    public IReadOnlyList<ClassSummary> Classes() =>
    [
        .. _classes.Select((service, number) => new ClassSummary(
            service.Name,
            service.Objective?.TotalSeconds,
            _byClass[number].Ended,
            _byClass[number].Completed,
            _byClass[number].Attainment,
            _latencies[number].Summarise())),
    ];

    public IReadOnlyList<TenantSummary> Tenants() =>
    [
        .. _tenants.OrderBy(static tenant => tenant.Key).Select(static tenant => new TenantSummary(
            tenant.Key,
            tenant.Value.Ended,
            tenant.Value.Completed,
            tenant.Value.Attainment,
            tenant.Value.Completed > 0 ? (double)tenant.Value.Latencies / tenant.Value.Completed / TimeSpan.TicksPerSecond : 0)),
    ];

    // A run has a few classes, each one object: finding it is a comparison of references.
    private int NumberOf(ServiceClass service)
    {
        for (var i = 0; i < _classes.Count; i++)
        {
            if (ReferenceEquals(_classes[i], service))
            {
                return i;
            }
        }

        var known = _classes.IndexOf(service);
        return known >= 0 ? known : AddClass(service);
    }

    private int AddClass(ServiceClass service)
    {
        _classes.Add(service);
        _latencies.Add(new TickSketch());
        if (_classes.Count > _byClass.Length)
        {
            Array.Resize(ref _byClass, 2 * _byClass.Length);
        }

        return _classes.Count - 1;
    }
}
