using System.Text.Json;
using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Schedulers;

/// <summary>Reads the keys that several schedulers know.</summary>
internal static class SchedulerKeys
{
    /// <summary>How timesteps are chosen.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="otherwise">The class's own spacing.</param>
    /// <param name="trainSteps">Training steps.</param>
    public static TimestepRule Timesteps(this ConfigFile config, string otherwise, int trainSteps)
    {
        var spacing = config.Choice("timestep_spacing", otherwise, "linspace", "leading", "trailing") switch
        {
            "leading" => TimestepSpacing.Leading,
            "trailing" => TimestepSpacing.Trailing,
            _ => TimestepSpacing.Linspace,
        };
        return new TimestepRule(spacing, config.Whole("steps_offset", 0, least: 0), trainSteps);
    }

    /// <summary>What the model predicts: noise, velocity or, if the class allows it, the clean sample.</summary>
    public static PredictionType Prediction(this ConfigFile config, bool sample = true)
    {
        string[] allowed = sample ? ["epsilon", "v_prediction", "sample"] : ["epsilon", "v_prediction"];
        return config.Choice("prediction_type", "epsilon", allowed) switch
        {
            "v_prediction" => PredictionType.Velocity,
            "sample" => PredictionType.Sample,
            _ => PredictionType.Epsilon,
        };
    }

    /// <summary>The noise level after the last step.</summary>
    public static FinalSigma Final(this ConfigFile config) =>
        config.Choice("final_sigmas_type", "zero", "zero", "sigma_min") == "zero" ? FinalSigma.Zero : FinalSigma.Least;

    /// <summary>The order of a multistep solver, 1 or 2.</summary>
    public static int SolverOrder(this ConfigFile config)
    {
        var order = config.Whole("solver_order", 2);
        config.Require(order <= 2, "solver_order", order, "1 or 2");
        return order;
    }

    /// <summary>Whether Karras levels are used; the other named spacings of noise levels are refused.</summary>
    public static bool Karras(this ConfigFile config)
    {
        config.Inactive("use_exponential_sigmas", "False");
        config.Inactive("use_beta_sigmas", "False");
        return config.Flag("use_karras_sigmas", false);
    }

    /// <summary>A number greater than 0.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">The value when the key is missing.</param>
    /// <param name="below">What the number must stay below.</param>
    public static double Positive(this ConfigFile config, string key, double otherwise, double below = double.PositiveInfinity)
    {
        var number = config.Number(key, otherwise);
        var isNumber = config.Find(key) is { ValueKind: JsonValueKind.Number };
        var allowed = double.IsFinite(below) ? $"greater than 0 and less than {below}" : "greater than 0";
        config.Require(!isNumber || (number > 0 && number < below), key, number, allowed);
        return number;
    }
}
