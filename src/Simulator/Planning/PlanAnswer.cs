namespace SimServe.Simulator.Planning;

/// <summary>A fleet that meets the objective, and what it costs.</summary>
public sealed record PlanAnswer
{
    /// <summary>The fleet that is needed: what is left when as many workers as there are spares are lost.</summary>
    public required Fleet Needed { get; init; }

    /// <summary>The fleet to rent: the needed one and its spares.</summary>
    public required Fleet Recommended { get; init; }

    /// <summary>The needed fleet, simulated.</summary>
    public required FleetEvaluation Evaluation { get; init; }

    /// <summary>Price of the recommended fleet, dollars per hour.</summary>
    public required double UsdPerHour { get; init; }

    /// <summary>Price of a thousand images that kept their bound, dollars, at the plan's rate.</summary>
    public required double UsdPerThousandGood { get; init; }

    /// <summary>Mean power of the needed fleet, watts: idle and load power weighted by utilisation. <c>null</c> where it is not known.</summary>
    public required double? Watts { get; init; }

    /// <summary>Greatest rate at which the needed fleet still meets the objective, requests/s; <c>null</c> where it was not looked for.</summary>
    public double? HeadroomRequestsPerSecond { get; init; }
}
