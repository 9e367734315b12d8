namespace SimServe.Cli.Reproductions.SwiftDiffusion.Load;

/// <summary>Numbers of many plans under many loads, each point simulated once.</summary>
internal sealed class LoadTable
{
    private readonly Dictionary<LoadPoint, LoadNumbers> _numbers;

    private LoadTable(Dictionary<LoadPoint, LoadNumbers> numbers) => _numbers = numbers;

    /// <summary>The numbers of a point.</summary>
    public LoadNumbers this[LoadPoint point] => _numbers[point];

    /// <summary>Simulates points; those that are asked for twice once.</summary>
    /// <param name="simulator">What runs them.</param>
    /// <param name="points">The points.</param>
    /// <param name="context">How many runs at a time, and what ends them.</param>
    public static LoadTable Of(LoadSimulator simulator, IEnumerable<LoadPoint> points, ExperimentContext context)
    {
        LoadPoint[] each = [.. points.Distinct()];
        var numbers = new LoadNumbers[each.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = context.Cancellation };
        Parallel.For(0, each.Length, options, point => numbers[point] = LoadNumbers.Of(simulator.Run(each[point], context.Cancellation)));
        return new LoadTable(each.Index().ToDictionary(static one => one.Item, one => numbers[one.Index]));
    }
}
