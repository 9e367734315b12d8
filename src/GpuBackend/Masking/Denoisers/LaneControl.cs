using SimServe.GpuBackend.Models.UNets;

namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>What ControlNets say of some lanes of a forward pass.</summary>
/// <param name="Lanes">The lanes, ascending.</param>
/// <param name="Ask">Is given the input of those lanes before the U-Net's way down. What it returns is called before the way up, and gives the residuals, or <c>null</c> for none; they are disposed of there.</param>
internal sealed record LaneControl(IReadOnlyList<int> Lanes, Func<UNetInput, Func<ControlResiduals?>> Ask)
{
    /// <summary>ControlNets that are run at once, on the thread of the U-Net.</summary>
    /// <param name="first">The first lane.</param>
    /// <param name="lanes">How many.</param>
    /// <param name="residuals">Their answer.</param>
    public static LaneControl AtOnce(int first, int lanes, Func<UNetInput, ControlResiduals?> residuals) => new(
        [.. Enumerable.Range(first, lanes)],
        input =>
        {
            var answer = residuals(input);
            return () => answer;
        });
}
