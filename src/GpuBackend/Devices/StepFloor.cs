namespace SimServe.GpuBackend.Devices;

/// <summary>What real steps took against the least they could take: a step's computation or its copies, whichever is longer. Means over steps.</summary>
/// <param name="Steps">How many steps, at least 1.</param>
/// <param name="MeasuredSeconds">Time of a step.</param>
/// <param name="FloorSeconds">The longer of a step's computation and its copies.</param>
/// <param name="ComputeSeconds">Time of a step in which the compute stream did not wait for rows.</param>
/// <param name="LoadSeconds">Time of a step in which the copy stream was busy.</param>
/// <remarks>
/// With copies that overlap computation perfectly a step takes its floor (FlashPS, EuroSys '26, section 3.2: the ideal pipeline is the one whose loading is
/// hidden). Where plans recompute blocks rather than load them, that work is part of the computation: the floor is the plan's own.
/// </remarks>
public sealed record StepFloor(long Steps, double MeasuredSeconds, double FloorSeconds, double ComputeSeconds, double LoadSeconds)
{
    /// <summary>How many times its floor a step took; at least 1, but for the clock's grain.</summary>
    public double OverFloor => MeasuredSeconds / FloorSeconds;
}
