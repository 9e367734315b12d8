using SimServe.Policies.AddOns;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions.SwiftDiffusion;

/// <summary>Fig. 16-left: what ControlNets on GPUs of their own save, everything else as in Diffusers; by the link, beyond the paper.</summary>
internal static class ControlNetRows
{
    private static readonly (string Id, double BytesPerSecond)[] Links = [("1g", 0.125e9), ("10g", 1.25e9), ("100g", 12.5e9), ("400g", 50e9)];

    public static void Add(MeasurementBook book, KatzEngine engine)
    {
        var nvlink = engine.Katz.ControlNets.BytesPerSecond!.Value;
        foreach (var controlNets in new[] { 1, 2, 3 })
        {
            book.Add($"fig16l.{controlNets}", SpeedUp(engine, controlNets, nvlink, ControlMode.Synchronous));
            book.Add($"fig16l.ideal{controlNets}", 1 - engine.Plain.EncoderShare + (engine.Plain.EncoderShare * (1 + controlNets)));
        }

        foreach (var (id, bandwidth) in Links)
        {
            book.Add($"links.sync.{id}", SpeedUp(engine, 1, bandwidth, ControlMode.Synchronous));
            book.Add($"links.stale.{id}", SpeedUp(engine, 1, bandwidth, ControlMode.OneStepStale));
        }
    }

    private static double SpeedUp(KatzEngine engine, int controlNets, double bandwidth, ControlMode mode) => engine.SpeedUp(engine.Plain, engine.Model, controlNets, bandwidth, mode);
}
