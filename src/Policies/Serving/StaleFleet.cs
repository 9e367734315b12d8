using SimServe.Policies.Routing;

namespace SimServe.Policies.Serving;

// The fleet as it was at the last refresh. Which workers take requests is always known: a router that sends to one that is gone would lose requests.
internal sealed class StaleFleet : FleetView
{
    private StaleWorker[] _stale = [];

    public void Show(Worker[] available)
    {
        _stale = Array.ConvertAll(available, static worker => worker.Stale ??= NewlySeen(worker));
        base.Show(_stale);
    }

    public void Refresh()
    {
        foreach (var worker in _stale)
        {
            worker.Refresh();
        }
    }

    private static StaleWorker NewlySeen(Worker worker)
    {
        var stale = new StaleWorker(worker);
        stale.Refresh();
        return stale;
    }
}
