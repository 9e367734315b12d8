namespace SimServe.Simulator.Links;

/// <summary>Max-min fair rates by progressive filling.</summary>
/// <remarks>
/// All rates grow together until a link is full; its transfers keep what they have, the others go on. The link that fills next is the one
/// with the least spare bandwidth per open transfer, and that share never falls while others are frozen, so a queue of possibly outdated
/// shares finds it: O((L + visits) log L) for L links. Source: Bertsekas and Gallager, "Data Networks", 2nd edition, 1992, section 6.5.2.
/// </remarks>
internal sealed class MaxMinFilling
{
    private readonly PriorityQueue<Link, SortKey> _filling = new();
    private readonly List<Link> _links = [];
    private readonly List<Route> _routes = [];
    private long _mark;

    /// <summary>The busy routes that the last call looked at, with their <see cref="Route.Share"/>.</summary>
    public List<Route> Routes => _routes;

    /// <summary>Finds the rates of all transfers that directly or indirectly share links with some links.</summary>
    /// <param name="changed">The links where something has changed.</param>
    public void Fill(ReadOnlySpan<Link> changed)
    {
        Collect(changed);
        foreach (var link in _links)
        {
            (link.Spare, link.Open) = (link.BytesPerSecond / TimeSpan.TicksPerSecond, link.ActiveTransfers);
            Enqueue(link);
        }

        while (_filling.TryDequeue(out var link, out var order))
        {
            if (link.Open > 0 && link.Spare / link.Open > order.Value)
            {
                Enqueue(link);
            }
            else if (link.Open > 0)
            {
                Freeze(link);
            }
        }
    }

    // Everything that a change can reach: links, the routes over them, the links of those routes, and so on.
    private void Collect(ReadOnlySpan<Link> changed)
    {
        _mark++;
        _links.Clear();
        _routes.Clear();
        AddLinks(changed);
        for (var i = 0; i < _links.Count; i++)
        {
            foreach (var route in _links[i].Busy)
            {
                if (route.Mark != _mark)
                {
                    (route.Mark, route.Filled) = (_mark, false);
                    _routes.Add(route);
                    AddLinks(route.Crossed);
                }
            }
        }
    }

    private void AddLinks(ReadOnlySpan<Link> links)
    {
        foreach (var link in links)
        {
            if (link.Mark != _mark)
            {
                link.Mark = _mark;
                _links.Add(link);
            }
        }
    }

    private void Enqueue(Link link)
    {
        if (link.Open > 0)
        {
            _filling.Enqueue(link, new SortKey(link.Spare / link.Open, link.Number));
        }
    }

    private static void Freeze(Link full)
    {
        var share = full.Spare / full.Open;
        foreach (var route in full.Busy)
        {
            if (!route.Filled)
            {
                (route.Filled, route.Share) = (true, share);
                foreach (var link in route.Crossed)
                {
                    // Rounding may leave a full link a hair below zero, and no rate may be negative.
                    link.Spare = Math.Max(0, link.Spare - (share * route.ActiveTransfers));
                    link.Open -= route.ActiveTransfers;
                }
            }
        }
    }
}
