using System.Text.Json.Serialization;

namespace SimServe.Simulator.Workloads;

/// <summary>How a workload's requests are spread over time, whatever their rate.</summary>
/// <remarks>A pattern is made for a rate, so that one number scales the load of every pattern.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(PoissonPattern), PoissonPattern.Kind)]
[JsonDerivedType(typeof(ConstantPattern), ConstantPattern.Kind)]
[JsonDerivedType(typeof(GammaPattern), GammaPattern.Kind)]
[JsonDerivedType(typeof(WeibullPattern), WeibullPattern.Kind)]
[JsonDerivedType(typeof(PiecewisePattern), PiecewisePattern.Kind)]
[JsonDerivedType(typeof(DiurnalPattern), DiurnalPattern.Kind)]
[JsonDerivedType(typeof(SpikesPattern), SpikesPattern.Kind)]
[JsonDerivedType(typeof(MarkovModulatedPattern), MarkovModulatedPattern.Kind)]
public abstract record ArrivalPattern
{
    /// <summary>What <c>workload.arrivals.kind</c> may be.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
    [
        PoissonPattern.Kind, ConstantPattern.Kind, GammaPattern.Kind, WeibullPattern.Kind,
        PiecewisePattern.Kind, DiurnalPattern.Kind, SpikesPattern.Kind, MarkovModulatedPattern.Kind,
    ];

    /// <summary>A process of this pattern, for one run.</summary>
    /// <param name="requestsPerSecond">The workload's rate in requests/s, finite and greater than 0.</param>
    /// <exception cref="ArgumentException">The rate or a parameter of the pattern is out of range.</exception>
    public abstract IArrivalProcess Create(double requestsPerSecond);
}
