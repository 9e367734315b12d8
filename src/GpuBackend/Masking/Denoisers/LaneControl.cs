using SimServe.GpuBackend.Models.UNets;

namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>The ControlNets of one member.</summary>
/// <param name="First">Its first lane.</param>
/// <param name="Lanes">Its lanes.</param>
/// <param name="Residuals">What its nets answer to the input of its lanes, or <c>null</c> for nothing.</param>
internal sealed record LaneControl(int First, int Lanes, Func<UNetInput, ControlResiduals?> Residuals);
