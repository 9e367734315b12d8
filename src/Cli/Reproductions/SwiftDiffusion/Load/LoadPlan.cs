using SimServe.Policies.AddOns;
using SimServe.Policies.Routing;

namespace SimServe.Cli.Reproductions.SwiftDiffusion.Load;

/// <summary>How some GPUs serve requests with adapters: which of them denoise, which run ControlNets, and by what policies.</summary>
internal sealed record LoadPlan
{
    /// <summary>GPUs of every plan: the least number that divides into 1, 2, 3 and 4 workers for each GPU that runs ControlNets, and into Katz's one worker with two such GPUs.</summary>
    public const int Gpus = 60;

    /// <summary>Adapters that a host may keep, bytes; GPUs of a host are eight.</summary>
    public const long HostCache = 512L << 30;

    /// <summary>Where ControlNets run: the name of a policy.</summary>
    public required string ControlNets { get; init; }

    /// <summary>GPUs that denoise; the others run ControlNets.</summary>
    public required int Workers { get; init; }

    /// <summary>How LoRAs come into effect: the name of a policy.</summary>
    public string Loras { get; init; } = SynchronousLoras.Name;

    /// <summary>Name of the routing policy.</summary>
    public string Routing { get; init; } = LeastRequests.Name;

    /// <summary>Host memory for adapters, bytes; 0: none.</summary>
    public long HostBytes { get; init; }

    /// <summary>Whether LoRAs and ControlNets come over a network at Katz's remote cache's speed; otherwise as slowly as in GenTD26's fleet.</summary>
    public bool IsNear { get; init; }

    /// <summary>GPUs that run ControlNets.</summary>
    public int Devices => Gpus - Workers;

    /// <summary>Every GPU does everything, as Diffusers does.</summary>
    public static LoadPlan Serial { get; } = new() { ControlNets = SerialControlNets.Name, Workers = Gpus };

    /// <summary>Each worker has two GPUs for ControlNets to itself, one for each of most requests' two: how Katz was measured, with both guidance branches on a GPU.</summary>
    public static LoadPlan Dedicated { get; } = new() { ControlNets = DedicatedControlNets.Name, Workers = Gpus / 3 };

    /// <summary>Each worker has one such GPU to itself.</summary>
    public static LoadPlan DedicatedPair { get; } = new() { ControlNets = DedicatedControlNets.Name, Workers = Gpus / 2 };

    /// <summary>All workers share all GPUs that run ControlNets.</summary>
    /// <param name="ratio">Workers for each of those: a half, or from 1 to 4.</param>
    public static LoadPlan Shared(double ratio) => new() { ControlNets = SharedControlNets.Name, Workers = (int)Math.Round(Gpus * ratio / (ratio + 1)) };
}
