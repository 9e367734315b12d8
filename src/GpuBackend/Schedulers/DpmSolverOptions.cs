using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Schedulers;

/// <summary>Settings of DPM-Solver++.</summary>
internal sealed record DpmSolverOptions
{
    /// <summary>The class name in configurations.</summary>
    public const string ClassName = "DPMSolverMultistepScheduler";

    // A run this long is stable at second order to its end.
    private const int LongRun = 15;

    /// <summary>Timesteps and noise levels.</summary>
    public required MultistepSchedule Schedule { get; init; }

    /// <summary>What the model predicts.</summary>
    public required PredictionType Prediction { get; init; }

    /// <summary>The range of clean samples.</summary>
    public SampleLimit? Limit { get; init; }

    /// <summary>1 or 2.</summary>
    public required int Order { get; init; }

    /// <summary>Whether steps add fresh noise (SDE-DPM-Solver++).</summary>
    public bool Stochastic { get; init; }

    /// <summary>Whether short runs end with a first-order step.</summary>
    public bool LowerOrderFinal { get; init; }

    /// <summary>Whether every run does.</summary>
    public bool EulerAtFinal { get; init; }

    /// <summary>Reads the settings.</summary>
    public static DpmSolverOptions Read(ConfigFile config)
    {
        config.Inactive("use_lu_lambdas", "False");
        config.Inactive("variance_type", "null");
        config.Inactive("lambda_min_clipped", "-Infinity");

        // Names of other solvers' kinds mean the default here, as when the reference takes over another scheduler's configuration.
        config.Choice("solver_type", "midpoint", "midpoint", "logrho", "bh1", "bh2");
        return new DpmSolverOptions
        {
            Schedule = MultistepSchedule.Read(config),
            Prediction = config.Prediction(),
            Limit = SampleLimit.Read(config, clips: false),
            Order = config.SolverOrder(),
            Stochastic = config.Choice("algorithm_type", "dpmsolver++", "dpmsolver++", "sde-dpmsolver++", "deis") == "sde-dpmsolver++",
            LowerOrderFinal = config.Flag("lower_order_final", true),
            EulerAtFinal = config.Flag("euler_at_final", false),
        };
    }

    /// <summary>Whether a run's last step is of first order; always where it ends without noise, at an infinite ratio of signal to noise.</summary>
    public bool LastStepIsFirstOrder(int steps) => EulerAtFinal || (LowerOrderFinal && steps < LongRun) || Schedule.Final == FinalSigma.Zero;
}
