using SimServe.Policies;
using SimServe.Simulator.Links;

namespace SimServe.Simulator.Devices;

/// <summary>Remote storage of templates' activation caches: the fleet's cache hosts.</summary>
/// <remarks>Without a host it stores nothing. A template lies on the cache host of its number. What a lost host stored is gone; what is recorded afterwards goes to another.</remarks>
internal sealed class RecordingStore(bool warm, int hosts, Link?[] links)
{
    private readonly HashSet<TemplateId> _recorded = [];
    private readonly bool[] _lost = new bool[hosts];
    private bool _someLost;

    // Every template is there: nobody needs to look for one.
    public bool HoldsEverything => warm && hosts > 0 && !_someLost;

    public bool Holds(TemplateId template) => (warm && hosts > 0 && !(_someLost && _lost[HostOf(template)])) || _recorded.Contains(template);

    public void Add(TemplateId template)
    {
        if (hosts > 0)
        {
            _recorded.Add(template);
        }
    }

    public Link? LinkOf(TemplateId template)
    {
        var host = HostOf(template);
        for (var i = 0; i < hosts && _lost[host]; i++)
        {
            host = (host + 1) % hosts;
        }

        return links[host];
    }

    public void Lose(int host)
    {
        (_lost[host], _someLost) = (true, true);
        _recorded.RemoveWhere(template => HostOf(template) == host);
    }

    private int HostOf(TemplateId template) => template.Value % hosts;
}
