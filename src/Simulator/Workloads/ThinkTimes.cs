using MathNet.Numerics.Distributions;
using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>Draws how long users think: by the quantile function, one number a time.</summary>
internal sealed class ThinkTimes(ClosedLoopOptions options)
{
    // A lognormal distribution's variation c and mean m: sigma^2 = ln(1 + c^2), mu = ln m - sigma^2 / 2.
    private readonly double _sigma = Math.Sqrt(Math.Log(1 + (options.ThinkVariation * options.ThinkVariation)));

    public TimeSpan Next(RandomStream random)
    {
        var uniform = random.NextDouble();
        return Duration.FromSeconds(options.ThinkSeconds * options.ThinkDistribution switch
        {
            ThinkDistribution.Constant => 1,
            ThinkDistribution.LogNormal => Math.Exp((_sigma * Normal.InvCDF(0, 1, Math.Max(uniform, double.Epsilon))) - (_sigma * _sigma / 2)),
            _ => -Math.Log(1 - uniform),
        });
    }
}
