using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Schedulers;

/// <summary>Settings of DDIM.</summary>
internal sealed record DdimOptions
{
    /// <summary>The class name in configurations.</summary>
    public const string ClassName = "DDIMScheduler";

    /// <summary>The noise the model was trained with.</summary>
    public required TrainingSchedule Schedule { get; init; }

    /// <summary>How timesteps are chosen.</summary>
    public required TimestepRule Timesteps { get; init; }

    /// <summary>What the model predicts.</summary>
    public required PredictionType Prediction { get; init; }

    /// <summary>The range of clean samples.</summary>
    public SampleLimit? Limit { get; init; }

    /// <summary>Share of signal variance after the last step.</summary>
    public required double FinalAlphaBar { get; init; }

    /// <summary>Amount of fresh noise, from 0 (none) to 1 (as in DDPM).</summary>
    public double Eta { get; init; }

    /// <summary>Reads the settings.</summary>
    public static DdimOptions Read(ConfigFile config, double eta)
    {
        var schedule = TrainingSchedule.Read(config, finite: false);
        var prediction = config.Prediction();
        config.Require(
            prediction != PredictionType.Epsilon || schedule.AlphaBar(schedule.Steps - 1) > 0,
            "prediction_type",
            "epsilon",
            "v_prediction or sample, because \"rescale_betas_zero_snr\" leaves no signal to find behind the noise of the last training step");
        return new DdimOptions
        {
            Schedule = schedule,
            Timesteps = config.Timesteps("leading", schedule.Steps),
            Prediction = prediction,
            Limit = SampleLimit.Read(config, clips: true),
            FinalAlphaBar = config.Flag("set_alpha_to_one", true) ? 1 : schedule.AlphaBar(0),
            Eta = eta,
        };
    }
}
