using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;
using SimServe.Simulator.Reports.Charts;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions.InstGenIE;

/// <summary>Beyond the paper: its Algorithm 1 against the optimum, on equal blocks.</summary>
/// <remarks>As the paper has it, a block that is not cached computes every token and nothing else; our own pipelines recompute the template's rows instead.</remarks>
internal static class PipelineRows
{
    private const int Blocks = 57;
    private const double Plain = 1;
    private const double Cached = 0.3;

    private static readonly double[] Loads = [0.3, 0.6, 1, 2];

    public static void Add(MeasurementBook book)
    {
        foreach (var load in Loads)
        {
            book.Add(FormattableString.Invariant($"alg1.load{load:0.0}"), Time(new GreedyPipeline(), load) / Time(new OptimalPipeline(), load), finding: Words(load));
        }

        double[] grid = [.. Enumerable.Range(1, 50).Select(static step => step / 20.0)];
        book.Add("alg1.worst", grid.Max(load => Time(new GreedyPipeline(), load) / Time(new OptimalPipeline(), load)));
        book.Add(new LineChart
        {
            Title = "Pipelines by load time",
            Note = "57 equal blocks that compute 1 in full and 0.3 with the template's rows loaded.",
            XAxis = new ChartAxis("load time of a block"),
            YAxis = new ChartAxis("time of a step"),
            Series =
            [
                Series("full", new FullPipeline(), grid),
                Series("sequential", new SequentialPipeline(), grid),
                Series("strawman", new StrawmanPipeline(), grid),
                Series("Algorithm 1", new GreedyPipeline(), grid),
                Series("optimum", new OptimalPipeline(), grid),
            ],
        });
    }

    /// <summary>Time of a step of equal blocks under a pipeline.</summary>
    /// <param name="policy">The pipeline.</param>
    /// <param name="load">Load time of a block.</param>
    public static double Time(IPipelinePolicy policy, double load) => Evaluate(policy, load, out _);

    private static double Evaluate(IPipelinePolicy policy, double load, out int cached)
    {
        var costs = new BlockCost[Blocks];
        Array.Fill(costs, new BlockCost(Seconds(Plain), Seconds(Cached), Seconds(Plain), Seconds(load), TimeSpan.Zero));
        var modes = new BlockMode[Blocks];
        policy.Choose(costs, modes);
        cached = modes.Count(static mode => mode == BlockMode.Cached);
        return StepTimeline.Evaluate(costs, modes, policy.LookAhead).TotalSeconds;
    }

    private static string Words(double load)
    {
        var greedy = Evaluate(new GreedyPipeline(), load, out var byGreedy);
        var optimal = Evaluate(new OptimalPipeline(), load, out var byOptimal);
        return FormattableString.Invariant(
            $"Full {Time(new FullPipeline(), load):0.0}, sequential {Time(new SequentialPipeline(), load):0.0}, strawman {Time(new StrawmanPipeline(), load):0.0}, Algorithm 1 {greedy:0.0} ({byGreedy} cached), optimum {optimal:0.0} ({byOptimal} cached), loading free {Time(new GreedyPipeline(), 0):0.0}.");
    }

    private static ChartSeries Series(string name, IPipelinePolicy policy, double[] grid) =>
        new() { Name = name, Points = [.. grid.Select(load => new ChartPoint(load, Time(policy, load)))] };

    private static TimeSpan Seconds(double seconds) => Duration.FromSeconds(seconds);
}
