namespace SimServe.Simulator.Metrics.Checks;

// What the digest knows of a request that has arrived and not ended.
internal struct InFlight
{
    public const int NoWorker = -1;

    public long ArrivedAt;
    public long RoutedAt;
    public long IdleFrom;
    public long IdleTo;
    public int Worker;
    public bool Joined;
    public bool Measured;
}
