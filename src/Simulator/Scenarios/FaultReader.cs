using SimServe.Policies;

namespace SimServe.Simulator.Scenarios;

/// <summary>Reads <c>faults</c>: what goes wrong on purpose.</summary>
internal static class FaultReader
{
    public const string Lost = "lost-worker";
    public const string Preempted = "spot-preemption";
    public const string Slow = "slow-worker";
    public const string Brownout = "link-brownout";
    public const string LostCache = "lost-cache-host";
    public const string LostControlNets = "lost-controlnet-device";
    private const double MostSeconds = 1e9;

    /// <summary>Every kind, in the order of the documentation.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [Lost, Preempted, Slow, Brownout, LostCache, LostControlNets];

    public static List<Fault> Read(JsonSection root, int workers, int cacheHosts, int controlNetDevices)
    {
        var faults = new List<Fault>();
        foreach (var section in root.Sections("faults", required: false))
        {
            var kind = section.Choice("kind", [.. Kinds], Lost);
            var at = Instant.FromSeconds(section.Number("atSeconds", 0, MostSeconds, null));
            faults.Add(ReadKind(section, kind, at, workers, cacheHosts, controlNetDevices));
            section.Close();
        }

        return faults;
    }

    private static Fault ReadKind(JsonSection section, string kind, Instant at, int workers, int cacheHosts, int controlNetDevices) => kind switch
    {
        Preempted => new SpotPreemption(at, Worker(section, workers), Seconds(section, "noticeSeconds", 0)),
        Slow => new SlowWorker(at, Worker(section, workers), Seconds(section, "forSeconds", 0.001), section.Number("factor", 1, 1000, null)),
        Brownout => new LinkBrownout(at, Worker(section, workers), Seconds(section, "forSeconds", 0.001), section.Number("share", 0.001, 1, null)),
        LostCache => new LostCacheHost(at, section.Integer("host", 0, cacheHosts - 1, null)),
        LostControlNets => new LostControlNetDevice(at, ControlNetDevice(section, controlNetDevices)),
        _ => new LostWorker(at, Worker(section, workers)),
    };

    private static int ControlNetDevice(JsonSection section, int devices)
    {
        if (devices == 0)
        {
            section.Note(section.Key("device"), "a device that runs ControlNets", "no such fault in a fleet without them", "Add fleet.controlNets, or remove the fault.");
        }

        return section.Integer("device", 0, Math.Max(0, devices - 1), null);
    }

    private static int Worker(JsonSection section, int workers) => section.Integer("worker", 0, workers - 1, null);

    private static TimeSpan Seconds(JsonSection section, string name, double least) =>
        Duration.FromSeconds(section.Number(name, least, MostSeconds, null));
}
