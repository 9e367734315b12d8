using SimServe.Policies;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Links;

namespace SimServe.Simulator.Devices;

// The hosts of a fleet that fetch from each other.
internal sealed class PeerPorts(PeerOptions options, LinkNetwork network)
{
    private readonly List<SimulatedHost> _hosts = [];

    public PeerDirectory Directory { get; } = new();

    // Hosts join in the order of their numbers. The latency is counted once, on the way out.
    public (Link Out, Link In) Join(SimulatedHost host)
    {
        var number = _hosts.Count;
        _hosts.Add(host);
        return (network.AddLink($"host {number} peer out", options.BytesPerSecond, options.Latency), network.AddLink($"host {number} peer in", options.BytesPerSecond));
    }

    public SimulatedHost? Choose(TemplateId template) => Directory.Choose(template) is var host and >= 0 ? _hosts[host] : null;

    // A machine is gone: what others were fetching from it they fetch from elsewhere, from the start.
    public void Lose(SimulatedHost lost)
    {
        Directory.Lose(lost.Number);
        foreach (var host in _hosts)
        {
            host.PeerLost(lost);
        }
    }
}
