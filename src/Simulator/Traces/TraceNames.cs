using SimServe.Policies;

namespace SimServe.Simulator.Traces;

/// <summary>Numbers the adapters and tenants of a trace in the order in which they appear, and shares equal sets.</summary>
internal sealed class TraceNames
{
    private readonly Dictionary<string, int> _controlNets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _loras = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _tenants = new(StringComparer.Ordinal);
    private readonly Dictionary<AdapterSet, AdapterSet> _sets = [];

    public AdapterSet AdaptersOf(TraceRequest request)
    {
        if (request.ControlNets.Count + request.Loras.Count == 0)
        {
            return AdapterSet.None;
        }

        var set = new AdapterSet(NumbersOf(request.ControlNets, _controlNets), NumbersOf(request.Loras, _loras));
        if (_sets.TryGetValue(set, out var known))
        {
            return known;
        }

        _sets.Add(set, set);
        return set;
    }

    public TenantId TenantOf(TraceRequest request) => new(NumberOf(request.Tenant, _tenants));

    private static int[] NumbersOf(IReadOnlyList<string> names, Dictionary<string, int> known) =>
        [.. names.Distinct(StringComparer.Ordinal).Select(name => NumberOf(name, known))];

    private static int NumberOf(string name, Dictionary<string, int> known)
    {
        if (!known.TryGetValue(name, out var number))
        {
            known.Add(name, number = known.Count);
        }

        return number;
    }
}
