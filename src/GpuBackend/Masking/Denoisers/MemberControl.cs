using SimServe.GpuBackend.Models.UNets;

namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>A ControlNet of some members of a batch, which are answered together.</summary>
/// <param name="Members">Their places in the batch, ascending.</param>
/// <param name="Ask">As <see cref="LaneControl.Ask"/>; its input has the lanes of one member after the other.</param>
internal sealed record MemberControl(IReadOnlyList<int> Members, Func<UNetInput, Func<ControlResiduals?>> Ask);
