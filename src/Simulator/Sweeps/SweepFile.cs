namespace SimServe.Simulator.Sweeps;

/// <summary>A sweep as its file says it: a grid of scenarios, each simulated several times.</summary>
public sealed record SweepFile
{
    /// <summary>Name for reports and of the results' folder.</summary>
    public required string Name { get; init; }

    /// <summary>Path of the scenario.</summary>
    public required string Scenario { get; init; }

    /// <summary>Path of the device's profile, or null.</summary>
    public required string? Profile { get; init; }

    /// <summary>The varied keys in the file's order, at least one.</summary>
    public required IReadOnlyList<SweepAxis> Axes { get; init; }

    /// <summary>Runs of every point, from 1 to 10,000; replication r has the same seed at every point.</summary>
    public required int Replications { get; init; }

    /// <summary>What points are ranked by.</summary>
    public required SweepGoal Goal { get; init; }

    /// <summary>The axis whose values are compared with each other, at every combination of the others' values.</summary>
    public required SweepAxis Compared { get; init; }

    /// <summary>The two metrics of the frontier: what is paid and what is got for it.</summary>
    public required (SweepMetric Cost, SweepMetric Value) Frontier { get; init; }

    /// <summary>The grid: the Cartesian product of the axes, the last one varying fastest.</summary>
    public IReadOnlyList<SweepPoint> Points()
    {
        var points = new List<SweepPoint> { new(0, []) };
        foreach (var axis in Axes)
        {
            points = [.. points.SelectMany(point => axis.Values.Select(value => new SweepPoint(0, [.. point.Values, value])))];
        }

        return [.. points.Select(static (point, index) => point with { Index = index })];
    }

    /// <summary>The settings that make the scenario of a point, as <c>path=value</c>.</summary>
    /// <param name="point">A point of this sweep.</param>
    public IReadOnlyList<string> SettingsOf(SweepPoint point) => [.. Axes.Zip(point.Values, static (axis, value) => $"{axis.Path}={value.Json}")];
}
