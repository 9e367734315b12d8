using SimServe.Policies.Serving;

namespace SimServe.Policies;

/// <summary>A run's clock: virtual in the simulator, the machine's timer on real devices.</summary>
public interface IClock
{
    /// <summary>The present.</summary>
    Instant Now { get; }

    /// <summary>Completes at <paramref name="due"/>, on the loop's own thread; at once when that has passed.</summary>
    /// <param name="due">When to go on.</param>
    /// <returns>The present then.</returns>
    Pending<Instant> Until(Instant due);
}
