using SimServe.Policies;

namespace SimServe.Simulator.Devices;

// A step's call of one ControlNet on another device, for all members that have it.
internal sealed record ControlRequest(SimulatedDevice Caller, long Step, int ControlNet, int Images, ModelShape Model)
{
    // Its residuals are on their way back.
    public bool IsAnswered { get; init; }
}
