using CsCheck;
using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;

namespace SimServe.Policies.Tests.Pipelines;

public sealed class PipelinePolicyTests
{
    private const int Instances = 5000;

    private static readonly Gen<TimeSpan> Length = Gen.Int[0, 40].Select(static ticks => TimeSpan.FromTicks(ticks));

    // Any block whose reuse is no slower than computing it again, with and without resume loads.
    private static readonly Gen<BlockCost> Block =
        Gen.Select(Length, Length, Length, Length, Gen.Bool, static (masked, previous, load, resume, resumes) =>
            new BlockCost(masked + (previous / 2), masked, masked + previous, load, resumes ? resume : TimeSpan.Zero));

    // The same with rules of where the template's computation can be: of keys and values or compressed rows from the start alone.
    private static readonly Gen<BlockCost> Ruled =
        Gen.Select(Block, Gen.Int[0, 4], static (block, rule) => block with { Rule = rule switch { 0 => RecomputeRule.Anywhere, 1 => RecomputeRule.Never, _ => RecomputeRule.FromStart } });

    private static IEnumerable<TestCaseData> Policies() => PolicyCatalogue.Pipelines.Select(static name =>
        new TestCaseData(PolicyCatalogue.CreatePipeline(name)).SetArgDisplayNames(name));

    [Test]
    public void Optimal_equals_brute_force_over_every_choice() =>
        Block.Array[1, 12].Sample(
            static costs => Time(new OptimalPipeline(), costs) == BruteForce(costs), iter: Instances, threads: 1);

    [Test]
    public void Optimal_equals_brute_force_over_every_choice_that_the_rules_allow() =>
        Ruled.Array[1, 12].Sample(
            static costs => Time(new OptimalPipeline(), costs) == BruteForce(costs), iter: Instances, threads: 1);

    [TestCaseSource(nameof(Policies))]
    public void No_pipeline_recomputes_where_the_rules_forbid_it(IPipelinePolicy policy) =>
        Ruled.Array[1, 64].Sample(costs => IsAllowed(costs, Modes(policy, costs)), iter: 500, threads: 1);

    // Loads that take twice as long as a block computes: the blocks at the start are recomputed while the rows of the others come.
    [Test]
    public void Blocks_that_can_be_recomputed_from_the_start_alone_are_so_while_loads_come()
    {
        BlockCost block = new(new(1000), new(300), new(1300), new(2000), TimeSpan.Zero, Rule: RecomputeRule.FromStart);
        BlockCost[] costs = [.. Enumerable.Repeat(block, 20)];
        var modes = Modes(new OptimalPipeline(), costs);
        var prefix = modes.TakeWhile(static mode => mode == BlockMode.Recomputed).Count();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(prefix, Is.InRange(11, 13));
            Assert.That(modes.Skip(prefix), Is.All.EqualTo(BlockMode.Cached));
            Assert.That(Time(new OptimalPipeline(), costs), Is.EqualTo(BruteForce(costs)));
        }
    }

    [TestCaseSource(nameof(Policies))]
    public void Optimal_never_exceeds_another_pipeline(IPipelinePolicy other) =>
        Block.Array[1, 64].Sample(
            costs => Time(new OptimalPipeline(), costs) <= Time(other, costs), iter: Instances / 5, threads: 1);

    [TestCaseSource(nameof(Policies))]
    public void Every_pipeline_decides_every_block_and_decides_the_same_twice(IPipelinePolicy policy) =>
        Block.Array[1, 64].Sample(
            costs =>
            {
                var first = Modes(policy, costs);
                var second = Modes(policy, costs);
                return first.SequenceEqual(second) && first.All(static mode => Enum.IsDefined(mode));
            },
            iter: 500,
            threads: 1);

    [Test]
    public void Optimal_keeps_at_most_quadratically_many_states_when_all_loads_are_equal()
    {
        var costs = Uniform(57, full: 1000, masked: 300, load: 1000);
        var policy = new OptimalPipeline();
        Time(policy, costs);
        Assert.That(policy.StatesKept, Is.LessThanOrEqualTo(2 * 57 * 58));
    }

    // The table of uniform blocks that shows Algorithm 1 up to 1.9 times slower than the optimum: N 57, full 1, masked 0.3.
    [TestCase(300, 17.4, 17.4, 17.4, 34.2)]
    [TestCase(600, 26.7, 34.5, 34.5, 51.3)]
    [TestCase(1000, 33.9, 56.3, 57.3, 74.1)]
    [TestCase(2000, 42.3, 56.3, 114.3, 131.1)]
    public void Uniform_blocks_take_the_times_worked_out_by_hand(
        int load, double optimal, double greedy, double strawman, double sequential)
    {
        var costs = Uniform(57, full: 1000, masked: 300, load);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Time(new OptimalPipeline(), costs).Ticks / 1000.0, Is.EqualTo(optimal).Within(0.101));
            Assert.That(Time(new GreedyPipeline(), costs).Ticks / 1000.0, Is.EqualTo(greedy).Within(0.101));
            Assert.That(Time(new StrawmanPipeline(), costs).Ticks / 1000.0, Is.EqualTo(strawman).Within(0.101));
            Assert.That(Time(new SequentialPipeline(), costs).Ticks / 1000.0, Is.EqualTo(sequential).Within(0.101));
            Assert.That(Time(new FullPipeline(), costs).Ticks / 1000.0, Is.EqualTo(57));
        }
    }

    [Test]
    public void Optimal_runs_the_plain_model_where_no_reuse_pays()
    {
        BlockCost block = new(new(10), new(9), new(19), new(1000), TimeSpan.Zero);
        Assert.That(Modes(new OptimalPipeline(), [block, block, block]), Is.All.EqualTo(BlockMode.Plain));
    }

    [Test]
    public void Optimal_prefers_reuse_when_it_is_as_fast_as_the_plain_model()
    {
        BlockCost block = new(new(10), new(10), new(20), TimeSpan.Zero, TimeSpan.Zero);
        Assert.That(Modes(new OptimalPipeline(), [block, block]), Is.All.EqualTo(BlockMode.Cached));
    }

    private static BlockCost[] Uniform(int blocks, int full, int masked, int load) =>
        [.. Enumerable.Repeat(new BlockCost(new(full), new(masked), new(full), new(load), TimeSpan.Zero), blocks)];

    private static BlockMode[] Modes(IPipelinePolicy policy, BlockCost[] costs)
    {
        var modes = new BlockMode[costs.Length];
        modes.AsSpan().Fill((BlockMode)(-1));
        policy.Choose(costs, modes);
        return modes;
    }

    private static TimeSpan Time(IPipelinePolicy policy, BlockCost[] costs) =>
        StepTimeline.Evaluate(costs, Modes(policy, costs), policy.LookAhead);

    private static bool IsAllowed(BlockCost[] costs, BlockMode[] modes) =>
        costs.Index().All(block => block.Item.Allows(modes[block.Index], block.Index == 0 ? BlockMode.Plain : modes[block.Index - 1]));

    private static TimeSpan BruteForce(BlockCost[] costs)
    {
        var modes = new BlockMode[costs.Length];
        modes.AsSpan().Fill(BlockMode.Plain);
        var best = StepTimeline.Evaluate(costs, modes, StepTimeline.Unlimited);
        for (var choice = 0; choice < 1 << costs.Length; choice++)
        {
            for (var i = 0; i < modes.Length; i++)
            {
                modes[i] = (choice >> i & 1) == 0 ? BlockMode.Cached : BlockMode.Recomputed;
            }

            if (!IsAllowed(costs, modes))
            {
                continue;
            }

            var time = StepTimeline.Evaluate(costs, modes, StepTimeline.Unlimited);
            best = time < best ? time : best;
        }

        return best;
    }
}
