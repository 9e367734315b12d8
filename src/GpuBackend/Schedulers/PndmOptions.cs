using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Schedulers;

/// <summary>Settings of PNDM.</summary>
internal sealed record PndmOptions
{
    /// <summary>The class name in configurations.</summary>
    public const string ClassName = "PNDMScheduler";

    /// <summary>The noise the model was trained with.</summary>
    public required TrainingSchedule Schedule { get; init; }

    /// <summary>How timesteps are chosen.</summary>
    public required TimestepRule Timesteps { get; init; }

    /// <summary>What the model predicts.</summary>
    public required PredictionType Prediction { get; init; }

    /// <summary>Share of signal variance after the last step.</summary>
    public required double FinalAlphaBar { get; init; }

    /// <summary>Reads the settings.</summary>
    public static PndmOptions Read(ConfigFile config)
    {
        var schedule = TrainingSchedule.Read(config, finite: false);
        config.Require(
            config.Flag("skip_prk_steps", false),
            "skip_prk_steps",
            config.Has("skip_prk_steps") ? "false" : "missing, which means false",
            "true: the Runge-Kutta start is not supported");
        return new PndmOptions
        {
            Schedule = schedule,
            Timesteps = config.Timesteps("leading", schedule.Steps),
            Prediction = config.Prediction(sample: false),
            FinalAlphaBar = config.Flag("set_alpha_to_one", false) ? 1 : schedule.AlphaBar(0),
        };
    }
}
