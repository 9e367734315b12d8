using SimServe.Policies.Costs;

namespace SimServe.Policies.AddOns;

/// <summary>What a model's ControlNets ask for, and where their residuals enter it.</summary>
public sealed record ControlNetSizes
{
    /// <summary>The blocks of a ControlNet.</summary>
    public required IReadOnlyList<BlockShape> Blocks { get; init; }

    /// <summary>The block of the U-Net's before which residuals must be there: the first of its way up.</summary>
    public required int DecoderFrom { get; init; }

    /// <summary>Bytes of the residuals of one image in one branch.</summary>
    public required long ResidualBytes { get; init; }

    /// <summary>Bytes of the latents of one image, as they are sent to a ControlNet.</summary>
    public required long LatentBytes { get; init; }

    /// <summary>Time of one forward pass of a ControlNet.</summary>
    /// <param name="costs">The device's times.</param>
    /// <param name="passes">Images times branches, at least 1.</param>
    public TimeSpan Time(ICostModel costs, int passes)
    {
        ArgumentNullException.ThrowIfNull(costs);
        var time = TimeSpan.Zero;
        foreach (var block in Blocks)
        {
            time += costs.Control(block.Kind, block.MaskedWork(passes, (long)passes * block.ImageTokens));
        }

        return time;
    }

    /// <summary>Time of the ControlNets that a step runs on the worker itself, one after another.</summary>
    /// <param name="costs">The worker's times.</param>
    /// <param name="plan">The step.</param>
    /// <param name="branches">Passes of every image, at least 1.</param>
    public TimeSpan LocalTime(ICostModel costs, StepPlan plan, int branches)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var time = TimeSpan.Zero;
        for (var i = 0; i < plan.Controls.Count; i++)
        {
            if (plan.Controls[i].Device is null && plan.IsFirstOf(i))
            {
                time += Time(costs, plan.ImagesOf(i) * branches);
            }
        }

        return time;
    }
}
