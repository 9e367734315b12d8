using SimServe.Cli.Reproductions.InstGenIE;
using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;

namespace SimServe.Cli.Tests.Reproductions;

/// <summary>Algorithm 1 as printed against the optimum, on equal blocks.</summary>
public sealed class PipelineRowsTests
{
    // 57 blocks of 1 in full and 0.3 with the cache; found with another program.
    [TestCase(0.3, 34.2, 17.4, 17.4, 17.4)]
    [TestCase(0.6, 51.3, 34.5, 34.5, 26.7)]
    [TestCase(1.0, 74.1, 57.3, 56.3, 33.9)]
    [TestCase(2.0, 131.1, 114.3, 56.3, 42.3)]
    public void Steps_take_what_the_table_says(double load, double sequential, double strawman, double greedy, double optimum)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(PipelineRows.Time(new FullPipeline(), load), Is.EqualTo(57).Within(0.05));
            Assert.That(PipelineRows.Time(new SequentialPipeline(), load), Is.EqualTo(sequential).Within(0.05));
            Assert.That(PipelineRows.Time(new StrawmanPipeline(), load), Is.EqualTo(strawman).Within(0.05));
            Assert.That(PipelineRows.Time(new GreedyPipeline(), load), Is.EqualTo(greedy).Within(0.05));
            Assert.That(PipelineRows.Time(new OptimalPipeline(), load), Is.EqualTo(optimum).Within(0.05));
        }
    }

    [TestCase(0.2)]
    [TestCase(0.6)]
    [TestCase(0.9)]
    [TestCase(1.7)]
    public void The_optimum_is_the_least_of_all_choices(double load)
    {
        const int Blocks = 10;
        var costs = new BlockCost[Blocks];
        Array.Fill(costs, new BlockCost(Ticks(1), Ticks(0.3), Ticks(1), Ticks(load), TimeSpan.Zero));
        var chosen = new BlockMode[Blocks];
        new OptimalPipeline().Choose(costs, chosen);
        var least = Enumerable.Range(0, 1 << Blocks).Min(choice => StepTimeline.Evaluate(
            costs, [.. Enumerable.Range(0, Blocks).Select(block => (choice >> block & 1) == 1 ? BlockMode.Cached : BlockMode.Recomputed)], StepTimeline.Unlimited));
        Assert.That(StepTimeline.Evaluate(costs, chosen, StepTimeline.Unlimited), Is.EqualTo(least));
    }

    private static TimeSpan Ticks(double seconds) => Duration.FromSeconds(seconds);
}
