namespace SimServe.Simulator.Metrics.Objectives;

// Requests of one class or tenant.
internal struct Tally
{
    public long Ended;
    public long Completed;
    public long Good;
    public long Decided;
    public Int128 Latencies;

    public readonly Attainment Attainment => new(Good, Decided);

    public void Add(bool completed, bool? good, long latency)
    {
        Ended++;
        Completed += completed ? 1 : 0;
        Latencies += completed ? latency : 0;
        Decided += good is null ? 0 : 1;
        Good += good == true ? 1 : 0;
    }
}
