using MathNet.Numerics.Distributions;
using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>How long a kind of load takes: a mixture of lognormal distributions, because loads of one kind come from caches and from afar.</summary>
public sealed class LoadLatency
{
    private readonly LogNormalPart[] _parts;

    /// <summary>Creates the distribution.</summary>
    /// <param name="name">What is loaded.</param>
    /// <param name="parts">At least one, of seconds; their weights add up to 1 within 0.000001.</param>
    /// <exception cref="ArgumentException">There is none, or a weight, mu or sigma is out of range.</exception>
    public LoadLatency(string name, IReadOnlyList<LogNormalPart> parts)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Count == 0 || parts.Any(static part => !(part.Weight > 0 && double.IsFinite(part.Mu) && part.Sigma > 0 && double.IsFinite(part.Sigma)))
            || Math.Abs(parts.Sum(static part => part.Weight) - 1) > 1e-6)
        {
            throw new ArgumentException("There must be at least one part, each with weight and sigma above 0, and weights that add up to 1.", nameof(parts));
        }

        (Name, _parts) = (name, [.. parts]);
    }

    /// <summary>What is loaded.</summary>
    public string Name { get; }

    /// <summary>The lognormal distributions that it is mixed of.</summary>
    public IReadOnlyList<LogNormalPart> Parts => _parts;

    /// <summary>Mean in seconds: the sum of weight * exp(mu + sigma^2 / 2).</summary>
    public double MeanSeconds => _parts.Sum(static part => part.Weight * Math.Exp(part.Mu + (part.Sigma * part.Sigma / 2)));

    /// <summary>The share of loads that take no longer.</summary>
    /// <param name="seconds">Any number of seconds.</param>
    public double CumulativeShare(double seconds)
    {
        var share = 0.0;
        foreach (var part in seconds > 0 ? _parts : [])
        {
            share += part.Weight * Normal.CDF(part.Mu, part.Sigma, Math.Log(seconds));
        }

        return share;
    }

    /// <summary>Draws one load's time; never allocates.</summary>
    /// <param name="random">The stream to draw from: two numbers.</param>
    public TimeSpan Sample(RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var (sought, uniform) = (random.NextDouble(), Math.Max(random.NextDouble(), double.Epsilon));
        var part = 0;
        while (part < _parts.Length - 1 && sought >= _parts[part].Weight)
        {
            sought -= _parts[part++].Weight;
        }

        return Duration.FromSeconds(Math.Exp(Normal.InvCDF(_parts[part].Mu, _parts[part].Sigma, uniform)));
    }
}
