using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Schedulers;

/// <summary>Settings of UniPC.</summary>
internal sealed record UniPcOptions
{
    /// <summary>The class name in configurations.</summary>
    public const string ClassName = "UniPCMultistepScheduler";

    /// <summary>Timesteps and noise levels.</summary>
    public required MultistepSchedule Schedule { get; init; }

    /// <summary>What the model predicts.</summary>
    public required PredictionType Prediction { get; init; }

    /// <summary>The range of clean samples.</summary>
    public SampleLimit? Limit { get; init; }

    /// <summary>1 or 2.</summary>
    public required int Order { get; init; }

    /// <summary>Whether the last step is of first order.</summary>
    public bool LowerOrderFinal { get; init; }

    /// <summary>Reads the settings.</summary>
    public static UniPcOptions Read(ConfigFile config)
    {
        config.Inactive("predict_x0", "True");
        config.Inactive("disable_corrector", "[]");
        config.Inactive("solver_p", "null");

        // Names of other solvers' kinds mean the default here, as when the reference takes over another scheduler's configuration.
        config.Choice("solver_type", "bh2", "bh2", "midpoint", "heun", "logrho");
        var options = new UniPcOptions
        {
            Schedule = MultistepSchedule.Read(config),
            Prediction = config.Prediction(),
            Limit = SampleLimit.Read(config, clips: false),
            Order = config.SolverOrder(),
            LowerOrderFinal = config.Flag("lower_order_final", true),
        };
        config.Require(
            options.LowerOrderFinal || options.Order == 1 || options.Schedule.Final == FinalSigma.Least,
            "lower_order_final",
            "false",
            "true, or \"final_sigmas_type\" \"sigma_min\": a second-order step cannot end without noise");
        return options;
    }
}
