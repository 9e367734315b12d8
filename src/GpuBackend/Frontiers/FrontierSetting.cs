using SimServe.Policies;

namespace SimServe.GpuBackend.Frontiers;

/// <summary>One way to reuse a template.</summary>
/// <param name="MaskRatio">Share of the tokens that are edited, as asked for.</param>
/// <param name="Cache">What is cached of the template.</param>
/// <param name="Refresh">Every so many steps, from the first on, the plain model runs instead of reuse; 0: never.</param>
/// <param name="Margin">Tokens around the mask that are computed and not edited; see <see cref="EditMask.Dilated"/>.</param>
public sealed record FrontierSetting(double MaskRatio, CacheFormat Cache, int Refresh, int Margin)
{
    /// <summary>Whether a step runs the plain model.</summary>
    /// <param name="step">The step, from 0.</param>
    public bool IsPlain(int step) => Refresh > 0 && step % Refresh == 0;

    /// <summary>What it is beside the mask ratio, in words.</summary>
    public string Name => $"{Cache}{(Refresh > 0 ? $", full every {Refresh}" : "")}{(Margin > 0 ? $", margin {Margin}" : "")}";
}
