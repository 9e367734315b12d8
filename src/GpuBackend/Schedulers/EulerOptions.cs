using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Schedulers;

/// <summary>Settings of Euler's method.</summary>
internal sealed record EulerOptions
{
    /// <summary>The class name in configurations.</summary>
    public const string ClassName = "EulerDiscreteScheduler";

    /// <summary>The class name of the ancestral form.</summary>
    public const string AncestralClassName = "EulerAncestralDiscreteScheduler";

    /// <summary>The noise the model was trained with.</summary>
    public required TrainingSchedule Schedule { get; init; }

    /// <summary>How timesteps are chosen.</summary>
    public required TimestepRule Timesteps { get; init; }

    /// <summary>What the model predicts.</summary>
    public required PredictionType Prediction { get; init; }

    /// <summary>Whether noise levels between the first and the last follow Karras.</summary>
    public bool Karras { get; init; }

    /// <summary>The noise level after the last step.</summary>
    public FinalSigma Final { get; init; }

    /// <summary>Whether steps add fresh noise.</summary>
    public bool Ancestral { get; init; }

    /// <summary>Reads the settings of the deterministic form.</summary>
    public static EulerOptions Read(ConfigFile config)
    {
        config.Inactive("interpolation_type", "linear");
        config.Inactive("timestep_type", "discrete");
        config.Inactive("sigma_min", "null");
        config.Inactive("sigma_max", "null");
        var schedule = TrainingSchedule.Read(config, finite: true);
        return new EulerOptions
        {
            Schedule = schedule,
            Timesteps = config.Timesteps("linspace", schedule.Steps),
            Prediction = config.Prediction(),
            Karras = config.Karras(),
            Final = config.Final(),
        };
    }

    /// <summary>Reads the settings of the ancestral form.</summary>
    public static EulerOptions ReadAncestral(ConfigFile config)
    {
        var schedule = TrainingSchedule.Read(config, finite: true);
        return new EulerOptions
        {
            Schedule = schedule,
            Timesteps = config.Timesteps("linspace", schedule.Steps),
            Prediction = config.Prediction(sample: false),
            Ancestral = true,
        };
    }
}
