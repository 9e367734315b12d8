using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Schedulers;

/// <summary>The timesteps and noise levels of the multistep solvers.</summary>
/// <param name="Schedule">The noise the model was trained with.</param>
/// <param name="Timesteps">How timesteps are chosen.</param>
/// <param name="Karras">Whether noise levels follow Karras, from the last training step to the first.</param>
/// <param name="Final">The noise level after the last step.</param>
internal sealed record MultistepSchedule(TrainingSchedule Schedule, TimestepRule Timesteps, bool Karras, FinalSigma Final)
{
    /// <summary>Reads the schedule.</summary>
    public static MultistepSchedule Read(ConfigFile config)
    {
        config.Inactive("use_flow_sigmas", "False");
        config.Inactive("use_dynamic_shifting", "False");
        var schedule = TrainingSchedule.Read(config, finite: true);
        return new MultistepSchedule(schedule, config.Timesteps("linspace", schedule.Steps), config.Karras(), config.Final());
    }

    /// <summary>Chooses timesteps and noise levels.</summary>
    public SamplingPlan Plan(int steps)
    {
        // With Karras levels the model still gets whole training steps: the nearest ones.
        var levels = Karras ? KarrasLevels.Make(Schedule.LargestSigma, Schedule.LeastSigma, steps) : [];
        var timesteps = Karras ? Array.ConvertAll(levels, Schedule.TimestepOf) : Timesteps.Descending(steps, aboveZero: true);
        timesteps = Array.ConvertAll(timesteps, Math.Round);
        levels = Karras ? levels : Array.ConvertAll(timesteps, Schedule.SigmaAt);
        double[] sigmas = [.. levels, Final == FinalSigma.Zero ? 0 : Schedule.LeastSigma];
        return new SamplingPlan(timesteps, Array.ConvertAll(sigmas, static sigma => (double)(float)sigma)) { IntegerTimesteps = true };
    }
}
