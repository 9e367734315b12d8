using SimServe.GpuBackend.AddOns;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Masking;
using SimServe.Policies;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Scenarios;

namespace SimServe.Cli.Validation;

/// <summary>What a scenario's add-ons cost on this machine: their sizes, and how long it takes to merge and to swap.</summary>
internal static class AdapterCosts
{
    private const int Repetitions = 5;

    /// <summary>Measures every LoRA by itself, from files that the system has in memory by then; the storage's pace comes on top.</summary>
    /// <param name="model">The model.</param>
    /// <param name="scenario">The scenario, with add-ons.</param>
    /// <param name="controlNets">Its ControlNets.</param>
    /// <param name="report">Told the share done.</param>
    public static AdapterOptions Measure(ServedModel model, Scenario scenario, ControlNetLibrary controlNets, Action<double> report)
    {
        var (options, loras) = (scenario.Fleet.Adapters, scenario.AddOns.Loras);
        if (controlNets.Count > 0)
        {
            options = options with { ControlNetBytes = (long)Enumerable.Range(0, controlNets.Count).Average(controlNets.FileBytes) };
        }

        if (loras.Count == 0)
        {
            return options;
        }

        using var twin = model.Twin();
        using var library = new LoraLibrary([.. loras.Select(static lora => new LoraSource(lora.Path, lora.Scale))]);
        var served = new ServedLoras(twin, library);
        var (loads, swaps, text) = (new double[loras.Count], new List<double>(), 0);
        for (var lora = 0; lora < loras.Count; lora++)
        {
            var times = new List<double>();
            for (var i = 0; i < Repetitions; i++)
            {
                times.Add(Timed(() => served.Load([lora]), out var prepared));
                using (prepared)
                {
                    swaps.Add(Timed(() => Use(served, prepared), out _));
                    swaps.Add(Timed(() => Use(served, null), out _));
                }
            }

            loads[lora] = Median(times);
            text += served.ChangesText([lora]) ? 1 : 0;
            report((lora + 1.0) / loras.Count);
        }

        var swap = Duration.FromSeconds(Median(swaps));
        return options with
        {
            LoraBytes = (long)loras.Average(static lora => new FileInfo(lora.Path).Length),
            LoraPreparation = Duration.FromSeconds(loads.Average()),
            Patch = swap,
            Unpatch = swap,
            TextEncoderShare = (double)text / loras.Count,
        };
    }

    private static bool Use(ServedLoras served, GpuBackend.Adapters.PreparedAdapters? prepared)
    {
        served.Use(prepared);
        return served.InUse;
    }

    private static double Timed<T>(Func<T> job, out T result)
    {
        var clock = new WallClock();
        var begun = clock.Now;
        result = job();
        return (clock.Now - begun).TotalSeconds;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
