namespace SimServe.Policies.Scaling;

/// <summary>Decides how many workers a fleet should have.</summary>
public interface IScalingPolicy
{
    /// <summary>Decides. Asked at fixed intervals.</summary>
    /// <param name="load">What the fleet has had to do since it was last asked.</param>
    /// <param name="now">The present.</param>
    /// <returns>Workers wanted, those that are starting included; the loop keeps it between the fleet's least and most.</returns>
    int Decide(in FleetLoad load, Instant now);
}
