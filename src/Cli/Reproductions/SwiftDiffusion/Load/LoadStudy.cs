using SimServe.Policies.AddOns;
using SimServe.Policies.Routing;

namespace SimServe.Cli.Reproductions.SwiftDiffusion.Load;

/// <summary>Which plans are tried under which loads.</summary>
internal static class LoadStudy
{
    /// <summary>Requests per second at which policies are compared: bursts of GenTD26 then ask for nearly all that 60 GPUs can do.</summary>
    public const double Rate = 2;

    /// <summary>Workers for each shared GPU that runs ControlNets.</summary>
    public static IReadOnlyList<double> Ratios { get; } = [0.5, 1, 2, 3, 4];

    /// <summary>The services' populations of adapters, by the letters of their rows.</summary>
    public static IReadOnlyList<(string Letter, string Name)> Services { get; } = [("a", "service-a"), ("b", "service-b")];

    /// <summary>Where ControlNets run, by the names of rows.</summary>
    public static IReadOnlyList<(string Name, LoadPlan Plan)> Placements { get; } =
        [("serial", LoadPlan.Serial), ("dedicated", LoadPlan.Dedicated), ("shared", LoadPlan.Shared(1))];

    /// <summary>Rates of the curve, requests per second.</summary>
    public static IReadOnlyList<double> Rates { get; } = [1, 2, 3, 4, 6, 8];

    /// <summary>The plans of the curve, by their names in its legend.</summary>
    public static IReadOnlyList<(string Name, LoadPlan Plan)> Curves { get; } =
    [
        ("serial, LoRAs synchronous", LoadPlan.Serial),
        ("serial, LoRAs asynchronous", LoadPlan.Serial with { Loras = BoundedAsynchronousLoras.Name }),
        ("serial, LoRAs asynchronous, host cache", Settled(LoadPlan.Serial)),
        ("shared 1:1, LoRAs asynchronous, host cache", Settled(LoadPlan.Shared(1))),
        ("dedicated 1:2, LoRAs asynchronous, host cache", Settled(LoadPlan.Dedicated)),
    ];

    /// <summary>Every combination of policies.</summary>
    public static IReadOnlyList<LoadPlan> Combinations { get; } =
    [
        .. from placement in Placements
           from loras in new[] { SynchronousLoras.Name, BoundedAsynchronousLoras.Name, UnmergedLoras.Name }
           from routing in new[] { LeastRequests.Name, AdapterAffinity.Name }
           from cache in new[] { 0, LoadPlan.HostCache }
           select placement.Plan with { Loras = loras, Routing = routing, HostBytes = cache },
    ];

    /// <summary>Everything that is simulated.</summary>
    public static IEnumerable<LoadPoint> Points =>
    [
        .. from service in Services from plan in Combinations from rate in new double?[] { Rate, null } select new LoadPoint(plan, service.Name, rate),
        .. from service in Services from ratio in Ratios select Saturated(LoadPlan.Shared(ratio), service.Name),
        .. from service in Services select Saturated(LoadPlan.DedicatedPair, service.Name),
        .. from service in Services select Near(service.Name),
        .. from curve in Curves from rate in Rates select new LoadPoint(curve.Plan, Services[0].Name, rate),
    ];

    /// <summary>A plan whose adapters are mostly at hand: LoRAs may be late, and hosts keep what came once.</summary>
    public static LoadPlan Settled(LoadPlan plan) => plan with { Loras = BoundedAsynchronousLoras.Name, HostBytes = LoadPlan.HostCache };

    /// <summary>Such a plan with all the requests that it can serve.</summary>
    public static LoadPoint Saturated(LoadPlan plan, string service) => new(Settled(plan), service, null);

    /// <summary>Late LoRAs from Katz's remote cache instead of GenTD26's fleet, nothing kept by hosts.</summary>
    public static LoadPoint Near(string service) => new(LoadPlan.Serial with { Loras = BoundedAsynchronousLoras.Name, IsNear = true }, service, Rate);
}
