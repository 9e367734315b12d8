using CsCheck;
using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Residency;

namespace SimServe.Policies.Tests.Residency;

public sealed class ResidencyPlannerTests
{
    private static readonly Gen<TimeSpan> Length = Gen.Int[0, 40].Select(static ticks => TimeSpan.FromTicks(ticks));

    private static readonly Gen<(BlockCost Cost, long Bytes)> Block =
        Gen.Select(Length, Length, Length, Length, Gen.Bool, Gen.Int[0, 3], static (masked, previous, load, resume, resumes, bytes) =>
            (new BlockCost(masked + (previous / 2), masked, masked + previous, load, resumes ? resume : TimeSpan.Zero), (long)bytes));

    [Test]
    public void The_front_is_that_of_every_choice_of_blocks_planned_by_itself() => Gen.Select(Block.Array[1, 7], Gen.Long[0, 12]).Sample(
        static (blocks, budget) =>
        {
            var (costs, bytes) = (blocks.Select(static block => block.Cost).ToArray(), blocks.Select(static block => block.Bytes).ToArray());
            var front = new ResidencyPlanner().Front(costs, bytes, budget);
            Assert.That(front.Select(static choice => (choice.Bytes, choice.StepTime)), Is.EqualTo(ByTrial(costs, bytes, budget)));
            Assert.That(front, Has.All.Matches<ResidentBlocks>(choice => Planned(costs, choice!.Blocks) == choice.StepTime && Sum(bytes, choice.Blocks) == choice.Bytes));
        },
        iter: 500,
        threads: 1);

    [Test]
    public void Without_memory_it_is_the_optimal_plan() => Block.Array[1, 30].Sample(
        static blocks =>
        {
            BlockCost[] costs = [.. blocks.Select(static block => block.Cost)];
            var front = new ResidencyPlanner().Front(costs, [.. blocks.Select(static block => block.Bytes)], 0);
            return front.Count == 1 && front[0].StepTime == Planned(costs, new bool[costs.Length]);
        },
        iter: 500,
        threads: 1);

    [Test]
    public void Room_for_all_blocks_takes_the_time_of_computing_them()
    {
        var costs = Enumerable.Repeat(new BlockCost(new(10), new(3), new(13), new(10), TimeSpan.Zero), 57).ToArray();
        var best = new ResidencyPlanner().Front(costs, [.. Enumerable.Repeat(1L, 57)], 57)[^1];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(best.StepTime.Ticks, Is.EqualTo(57 * 3));

            // Loads behind the rest are hidden by it: not every block need stay.
            Assert.That(best.Bytes, Is.LessThan(57));
            Assert.That(best.Blocks[0], Is.True);
        }
    }

    [Test]
    public void Sizes_for_each_block_are_asked_for() =>
        Assert.That(static () => new ResidencyPlanner().Front(new BlockCost[2], [1], 1), Throws.ArgumentException.With.Message.Contains("2 blocks need 2 sizes"));

    private static (long, TimeSpan)[] ByTrial(BlockCost[] costs, long[] bytes, long budget)
    {
        var sets = Enumerable.Range(0, 1 << costs.Length)
            .Select(set => Enumerable.Range(0, costs.Length).Select(block => (set >> block & 1) == 1).ToArray())
            .Where(set => Sum(bytes, set) <= budget && !Enumerable.Range(0, set.Length).Any(block => set[block] && bytes[block] == 0))
            .Select(set => (Bytes: Sum(bytes, set), Time: Planned(costs, set)));
        List<(long, TimeSpan)> front = [];
        foreach (var (size, time) in sets.OrderBy(static set => set.Bytes).ThenBy(static set => set.Time))
        {
            if (front.Count == 0 || time < front[^1].Item2)
            {
                front.Add((size, time));
            }
        }

        return [.. front];
    }

    private static TimeSpan Planned(BlockCost[] costs, IReadOnlyList<bool> resident)
    {
        BlockCost[] with = [.. costs.Select((cost, block) => cost with
        {
            Load = resident[block] ? TimeSpan.Zero : cost.Load,
            ResumeLoad = block > 0 && resident[block - 1] ? TimeSpan.Zero : cost.ResumeLoad,
        })];
        var modes = new BlockMode[costs.Length];
        new OptimalPipeline().Choose(with, modes);
        return StepTimeline.Evaluate(with, modes, StepTimeline.Unlimited);
    }

    private static long Sum(long[] bytes, IReadOnlyList<bool> set) => bytes.Where((_, block) => set[block]).Sum();
}
