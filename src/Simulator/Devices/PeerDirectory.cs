using SimServe.Policies;

namespace SimServe.Simulator.Devices;

/// <summary>Which hosts of a fleet hold which templates in memory, and how many uploads each is busy with.</summary>
/// <remarks>
/// Holders of a template are kept in order of their numbers, so that a choice mostly ends at the first of them: one without an upload. Nothing is allocated once a template has been
/// held by as many hosts as ever.
/// </remarks>
internal sealed class PeerDirectory
{
    private readonly Dictionary<TemplateId, List<int>> _holders = [];
    private readonly List<int> _uploads = [];
    private readonly HashSet<int> _lost = [];

    public bool Holds(TemplateId template) => _holders.TryGetValue(template, out var hosts) && hosts.Count > 0;

    // A template has arrived in a host's memory. Of a lost host that is nobody's news.
    public void Add(TemplateId template, int host)
    {
        if (_lost.Contains(host))
        {
            return;
        }

        if (!_holders.TryGetValue(template, out var hosts))
        {
            _holders.Add(template, hosts = []);
        }

        if (hosts.BinarySearch(host) is var place and < 0)
        {
            hosts.Insert(~place, host);
        }
    }

    public void Remove(TemplateId template, int host)
    {
        if (_holders.TryGetValue(template, out var hosts) && hosts.BinarySearch(host) is var place and >= 0)
        {
            hosts.RemoveAt(place);
        }
    }

    // The machine is gone, and all it held.
    public void Lose(int host)
    {
        _lost.Add(host);
        foreach (var template in _holders.Keys)
        {
            Remove(template, host);
        }
    }

    // The host with the fewest uploads that holds a template, the lowest-numbered of equals; -1 for none.
    public int Choose(TemplateId template)
    {
        var (best, fewest) = (-1, int.MaxValue);
        if (!_holders.TryGetValue(template, out var hosts))
        {
            return best;
        }

        for (var i = 0; i < hosts.Count && fewest > 0; i++)
        {
            if (Uploads(hosts[i]) < fewest)
            {
                (best, fewest) = (hosts[i], Uploads(hosts[i]));
            }
        }

        return best;
    }

    public void BeginUpload(int host)
    {
        while (_uploads.Count <= host)
        {
            _uploads.Add(0);
        }

        _uploads[host]++;
    }

    public void EndUpload(int host) => _uploads[host]--;

    private int Uploads(int host) => host < _uploads.Count ? _uploads[host] : 0;
}
