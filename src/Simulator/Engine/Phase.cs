namespace SimServe.Simulator.Engine;

/// <summary>What goes first among events at the same instant.</summary>
/// <remarks>
/// <para>
/// A step boundary comes first, so that a bell rung at an instant, by whatever else happens at it, always takes effect at the <em>next</em>
/// boundary. With steps coalesced into one event a bell at the very instant of a boundary finds that boundary passed; run step by step, the
/// boundary must have been handled too, or the two ways of running would differ at ties.
/// </para>
/// <para>
/// Completions come before arrivals, so that an arrival sees the place that was freed at its instant.
/// Timers come last, so that a policy that waited until an instant sees everything that happened at it.
/// </para>
/// </remarks>
public enum Phase
{
    /// <summary>A device reaches the end of a denoising step.</summary>
    StepBoundary,

    /// <summary>Work is done: an encode, a decode, a load, a whole denoising call.</summary>
    Completion,

    /// <summary>A request reaches the router.</summary>
    Arrival,

    /// <summary>A wait is over.</summary>
    Timer,
}
