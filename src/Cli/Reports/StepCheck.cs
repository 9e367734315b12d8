using SimServe.Cli.Validation;
using SimServe.GpuBackend.Devices;
using SimServe.Policies.Serving;

namespace SimServe.Cli.Reports;

/// <summary>What a real denoising step took against what the planner predicted for that very step, and against the least that it could take.</summary>
internal sealed record StepCheck(double PredictedSeconds, double MeasuredSeconds, StepFloor? Floor)
{
    public double Error => (PredictedSeconds - MeasuredSeconds) / MeasuredSeconds;

    public static StepCheck? Of(WorldResults results) => Of(results.Measured, results.Floor);

    // Weighted by steps, so that it says what steps cost, not what calls cost. Null when no step was made.
    public static StepCheck? Of(ServingResult measured, StepFloor? floor)
    {
        var segments = measured.Segments.Where(static segment => segment.Steps > 0).ToArray();
        double steps = segments.Sum(static segment => segment.Steps);
        return steps == 0 ? null : new StepCheck(
            segments.Sum(static segment => segment.Steps * segment.Plan.StepTime.TotalSeconds) / steps,
            segments.Sum(static segment => (segment.End - segment.Start).TotalSeconds) / steps,
            floor);
    }
}
