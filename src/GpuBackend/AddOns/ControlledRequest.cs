using SimServe.GpuBackend.Images;
using SimServe.Policies;

namespace SimServe.GpuBackend.AddOns;

/// <summary>A request whose step a ControlNet is asked for.</summary>
/// <param name="Id">The request: its picture is embedded once.</param>
/// <param name="Picture">What the ControlNet is shown, of the generated picture's size.</param>
internal readonly record struct ControlledRequest(RequestId Id, RgbImage Picture);
