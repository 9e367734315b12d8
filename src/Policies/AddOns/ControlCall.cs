namespace SimServe.Policies.AddOns;

/// <summary>One ControlNet of one request in a batch's steps.</summary>
/// <param name="Member">Place of the request in the batch.</param>
/// <param name="ControlNet">Number of the ControlNet.</param>
/// <param name="Device">Number of the device that runs it, or <c>null</c>: the worker itself.</param>
public readonly record struct ControlCall(int Member, int ControlNet, int? Device);
