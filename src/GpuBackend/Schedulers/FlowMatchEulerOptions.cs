using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Schedulers;

/// <summary>Settings of flow matching.</summary>
internal sealed record FlowMatchEulerOptions
{
    /// <summary>The class name in configurations.</summary>
    public const string ClassName = "FlowMatchEulerDiscreteScheduler";

    /// <summary>Timestep of pure noise.</summary>
    public required int TrainSteps { get; init; }

    /// <summary>Shift of noise levels; above 1 spends more steps at high noise. Unused with dynamic shifting.</summary>
    public required double StaticShift { get; init; }

    /// <summary>Shift by the image's size; <c>null</c> for the static one.</summary>
    public DynamicShifting? Dynamic { get; init; }

    /// <summary>The level before the last step, to which all others are stretched; <c>null</c> leaves them alone.</summary>
    public double? Terminal { get; init; }

    /// <summary>Reads the settings.</summary>
    public static FlowMatchEulerOptions Read(ConfigFile config)
    {
        config.Inactive("use_karras_sigmas", "False");
        config.Inactive("use_exponential_sigmas", "False");
        config.Inactive("use_beta_sigmas", "False");
        config.Inactive("invert_sigmas", "False");
        config.Inactive("stochastic_sampling", "False");
        var terminal = config.Number("shift_terminal", 0);
        config.Require(terminal is >= 0 and < 1, "shift_terminal", terminal, "at least 0, which switches it off, and less than 1");
        return new FlowMatchEulerOptions
        {
            TrainSteps = config.Whole("num_train_timesteps", 1000, least: 2),
            StaticShift = config.Positive("shift", 1),
            Dynamic = ReadDynamic(config),
            Terminal = terminal > 0 ? terminal : null,
        };
    }

    private static DynamicShifting? ReadDynamic(ConfigFile config)
    {
        var exponential = config.Choice("time_shift_type", "exponential", "exponential", "linear") == "exponential";
        var small = config.Whole("base_image_seq_len", 256);
        var large = config.Whole("max_image_seq_len", 4096);
        var shifts = (Small: config.Number("base_shift", 0.5), Large: config.Number("max_shift", 1.15));
        config.Require(large > small, "max_image_seq_len", large, $"greater than \"base_image_seq_len\", {small}");
        return config.Flag("use_dynamic_shifting", false) ? new DynamicShifting(exponential, shifts.Small, small, shifts.Large, large) : null;
    }
}
