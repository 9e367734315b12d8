using SimServe.Policies;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Scenarios;

/// <summary>What is wrong with the sizes of a scenario's images: it takes the model and the devices' times to tell.</summary>
public static class ResolutionFaults
{
    /// <summary>Lists the faults.</summary>
    /// <param name="resolutions">The sizes, or <c>null</c>.</param>
    /// <param name="model">The model that is served.</param>
    /// <param name="measured">Whether its times come from a profile, which is measured at one size.</param>
    public static IEnumerable<InputFault> Of(IReadOnlyList<ResolutionChoice>? resolutions, ModelShape model, bool measured)
    {
        ArgumentNullException.ThrowIfNull(model);
        var (grid, own) = (model.Grid, $"{model.Grid.Width}x{model.Grid.Height}");
        foreach (var (number, choice) in (resolutions ?? []).Index())
        {
            var (key, found) = ($"workload.resolutions[{number}]", $"{choice.Width}x{choice.Height}");
            if (!choice.Fits(grid))
            {
                yield return new InputFault(key, found, $"multiples of {grid.PatchPixels}, the tokens of {model.Name}", "Round both sides.");
            }
            else if (measured && choice.GridOf(grid) != grid)
            {
                yield return new InputFault(key, found, $"{own}, the size that the profile was measured at", "Name published devices in fleet.pools, whose times are known at every size.");
            }
            else if (model.Resize is null && choice.GridOf(grid) != grid)
            {
                yield return new InputFault(key, found, $"{own}, the only size of {model.Name}", "Name a published model.");
            }
        }
    }
}
