using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions.SwiftDiffusion;

/// <summary>Fig. 2, 14 and 18-right: latency and images per GPU-minute of single requests on idle GPUs.</summary>
internal static class EndToEndRows
{
    private static readonly (string Name, int ControlNets, int Loras)[] Settings = [("0c0l", 0, 0), ("1c0l", 1, 0), ("0c1l", 0, 1), ("3c0l", 3, 0), ("3c2l", 3, 2)];

    public static void Add(MeasurementBook book, KatzEngine engine)
    {
        foreach (var (name, controlNets, loras) in Settings)
        {
            var latencies = Systems(engine).ToDictionary(static system => system.Id, system => engine.Latency(system.System, controlNets, loras), StringComparer.Ordinal);
            foreach (var (id, system) in Systems(engine))
            {
                book.Add($"fig14.{id}.{name}", latencies[id]);
                if (id != "nirvana10")
                {
                    book.Add($"fig18r.{id}.{name}", 60 / latencies[id] / system.Gpus(controlNets));
                }
            }

            book.Add($"fig14.overDiffusers.{name}", latencies["diffusers"] / latencies["katz"]);
            book.Add($"fig14.overDistriFusion.{name}", latencies["distrifusion"] / latencies["katz"]);
        }
    }

    private static (string Id, KatzSystem System)[] Systems(KatzEngine engine) =>
    [
        ("diffusers", engine.Diffusers),
        ("nirvana10", engine.Nirvana(10)),
        ("nirvana20", engine.Nirvana(20)),
        ("distrifusion", engine.DistriFusion),
        ("katz", engine.Katz),
    ];
}
