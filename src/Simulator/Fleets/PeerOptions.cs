namespace SimServe.Simulator.Fleets;

/// <summary>Links between hosts, over which one that lacks a template fetches it from the memory of another.</summary>
/// <remarks>
/// Every host has one port, full duplex: its uploads share what goes out, its downloads what comes in. Between ports nothing limits. A host that holds a template is asked
/// where that gives at least as much at present as the host's own disk or, without a copy there, the store: of each link on the way its bandwidth over the transfers on it, the new one included.
/// </remarks>
public sealed record PeerOptions
{
    /// <summary>Bandwidth of a host's port in each direction, bytes/s.</summary>
    public required double BytesPerSecond { get; init; }

    /// <summary>Latency from one host to another.</summary>
    /// <value>Zero.</value>
    public TimeSpan Latency { get; init; }
}
