using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;

namespace SimServe.Policies.Tests.Costs;

/// <summary>What is loaded and computed where convolutions lie between transformer blocks: convolution, three blocks, convolution, one block, convolution.</summary>
public sealed class BatchCostsTests
{
    private const int Width = 10;
    private const int Tokens = 100;
    private const int CoarseTokens = 25;

    private static readonly BlockShape Convolution = new(
        BlockKind.Convolution, Width, Tokens, 0, new BlockWork(new Work(1, Tokens, 0, 0, 0, 5000), default, default));

    private static readonly ModelShape Model = new()
    {
        Name = "unet",
        Grid = new TokenGrid(10, 10, 8),
        TextTokens = 7,
        BytesPerElement = 2,
        Blocks = [Convolution, Transformer(Tokens), Transformer(Tokens), Transformer(Tokens), Convolution, Transformer(CoarseTokens), Convolution],
    };

    [Test]
    public void Convolutions_are_computed_in_full_whatever_the_mask() =>
        Assert.That(Costs(Model, 2, 30)[4], Has.Property("Plain").EqualTo(new TimeSpan(10_000)).And.Property("Cached").EqualTo(new TimeSpan(10_000)));

    [Test]
    public void Rows_are_loaded_where_the_block_before_left_them_out() => Assert.That(
        Costs(Model, 2, 30).Select(static cost => cost.Load.Ticks),
        Is.EqualTo(new[] { 0, 0, Bytes(170), Bytes(170), Bytes(170), 0, Bytes(50 - 8) }));

    [Test]
    public void An_engine_that_copies_whole_templates_loads_masked_rows_too() => Assert.That(
        Costs(Model with { LoadsWholeTemplates = true }, 2, 30).Select(static cost => cost.Load.Ticks),
        Is.EqualTo(new[] { 0, 0, Bytes(200), Bytes(200), Bytes(200), 0, Bytes(50) }));

    [Test]
    public void Recomputing_runs_the_block_before_where_rows_are_needed_and_nothing_elsewhere()
    {
        var costs = Costs(Model, 2, 30);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(costs[1].Recomputed, Is.EqualTo(costs[1].Cached), "after convolutions all rows are there");
            Assert.That(costs[2].Recomputed, Is.EqualTo(costs[2].Cached + costs[1].Plain));
            Assert.That(costs[4].Recomputed, Is.EqualTo(costs[4].Cached + costs[3].Plain));
            Assert.That(costs[5].Recomputed, Is.EqualTo(costs[5].Cached));
        }
    }

    [Test]
    public void The_template_is_resumed_with_its_masked_rows_and_after_convolutions_with_all_rows()
    {
        var costs = Costs(Model, 2, 30);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(costs.Select(static cost => cost.ResumeLoad.Ticks), Is.EqualTo(new[] { 0, 0, Bytes(200), Bytes(30), Bytes(30), 0, Bytes(50) }));
            Assert.That(costs.Select(static cost => cost.AlwaysResumes), Is.EqualTo(new[] { false, false, true, false, false, false, true }));
            Assert.That(costs[2].Copy(BlockMode.Recomputed, BlockMode.Recomputed).Ticks, Is.EqualTo(Bytes(200)));
            Assert.That(costs[3].Copy(BlockMode.Recomputed, BlockMode.Recomputed), Is.EqualTo(TimeSpan.Zero));
        }
    }

    [Test]
    public void Bytes_are_what_the_costs_load_in_every_combination_of_modes()
    {
        var costs = Costs(Model, 3, 41);
        for (var choice = 0; choice < 1 << costs.Length; choice++)
        {
            BlockMode[] modes = [.. costs.Select((_, i) => (choice >> i & 1) == 0 ? BlockMode.Cached : BlockMode.Recomputed)];
            var copied = costs.Select((cost, i) => cost.Copy(modes[i], i == 0 ? BlockMode.Plain : modes[i - 1]).Ticks).Sum();
            Assert.That(BatchCosts.Bytes(Model, 3, 41, modes), Is.EqualTo(copied));
        }
    }

    [TestCase(1, 10)]
    [TestCase(2, 41)]
    [TestCase(3, 60)]
    public void A_part_whose_templates_are_in_device_memory_is_computed_and_loads_nothing(int members, int maskedTokens)
    {
        var (all, part) = (Costs(Model, 3, 60), new BlockCost[Model.Blocks.Count]);
        var rest = members == 3 ? [.. all.Select(static cost => cost with { Load = TimeSpan.Zero, ResumeLoad = TimeSpan.Zero })] : Costs(Model, 3 - members, 60 - maskedTokens);
        BatchCosts.Fill(Model, new OneTick(), 3, 60, part, new ResidentPart(members, maskedTokens));
        BlockMode[] modes = [.. Enumerable.Range(0, part.Length).Select(static block => block % 3 == 0 ? BlockMode.Recomputed : BlockMode.Cached)];

        using (Assert.EnterMultipleScope())
        {
            Assert.That(part, Is.EqualTo(all.Zip(rest, static (cost, others) => cost with { Load = others.Load, ResumeLoad = others.ResumeLoad })));
            Assert.That(
                BatchCosts.Bytes(Model, 3, 60, modes, new ResidentPart(members, maskedTokens)),
                Is.EqualTo(members == 3 ? 0 : BatchCosts.Bytes(Model, 3 - members, 60 - maskedTokens, modes)));
        }
    }

    [Test]
    public void A_guidance_branch_counts_as_a_member_of_its_own()
    {
        var guided = Model with { Branches = 2 };
        BlockMode[] modes = [.. Enumerable.Repeat(BlockMode.Cached, Model.Blocks.Count)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Costs(guided, 3, 41), Is.EqualTo(Costs(Model, 6, 82)));
            Assert.That(BatchCosts.Bytes(guided, 3, 41, modes), Is.EqualTo(BatchCosts.Bytes(Model, 6, 82, modes)));
            Assert.That(guided.PlainStepFlops, Is.EqualTo(2 * Model.PlainStepFlops));
            Assert.That(guided.MaskedStepFlops(41), Is.EqualTo(2 * Model.MaskedStepFlops(41)));
            Assert.That(guided.TemplateCacheBytes(4), Is.EqualTo(2 * Model.TemplateCacheBytes(4)));
        }
    }

    // The prices of equal neighbours are copied; a model whose blocks all differ is priced block by block.
    [Test]
    public void Runs_of_equal_blocks_cost_what_each_of_them_costs_by_itself()
    {
        var runs = Model with { Blocks = [Convolution, .. Enumerable.Repeat(Transformer(Tokens), 6), Convolution] };
        var costs = Costs(runs, 2, 30);
        var alone = Enumerable.Range(0, runs.Blocks.Count).Select(block => Costs(runs with { Blocks = [.. runs.Blocks.Take(block + 1).Select(Distinct)] }, 2, 30)[block]);
        Assert.That(costs, Is.EqualTo(alone));

        // One more operation in the first block of the list's every other place: not equal to its neighbours, and worth nothing in time.
        static BlockShape Distinct(BlockShape block, int place) => block.IsTokenWise && place % 2 == 0
            ? new BlockShape(block.Kind, block.Width, block.ImageTokens, block.TextTokens, block.Work with { PerRow = block.Work.PerRow with { Rows = 2 } })
            : block;
    }

    [Test]
    public void The_optimal_plan_of_a_UNet_takes_no_longer_than_any_other()
    {
        var costs = Costs(Model, 2, 30);
        var modes = new BlockMode[costs.Length];
        new OptimalPipeline().Choose(costs, modes);
        var optimal = StepTimeline.Evaluate(costs, modes, StepTimeline.Unlimited);
        for (var choice = 0; choice < 1 << costs.Length; choice++)
        {
            BlockMode[] others = [.. costs.Select((_, i) => (choice >> i & 1) == 0 ? BlockMode.Cached : BlockMode.Recomputed)];
            Assert.That(optimal, Is.LessThanOrEqualTo(StepTimeline.Evaluate(costs, others, StepTimeline.Unlimited)));
        }
    }

    [Test]
    public void Keys_and_values_of_a_blocks_own_rows_are_loaded_and_not_projected_but_convolutions_read_hidden_rows()
    {
        var (model, rows) = (Flux(new CacheFormat(CacheVariant.KeysValues, CacheNumbers.AsModel)), Flux(default));
        var (costs, projected, unet) = (Costs(model, 2, 30), Costs(rows, 2, 30), Costs(Model with { Cache = model.Cache }, 2, 30));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(costs.Select(static cost => cost.Load.Ticks), Is.All.EqualTo(2 * Bytes(170)), "the first block too");
            Assert.That(costs[1].Cached, Is.EqualTo(projected[1].Cached - new TimeSpan(170 * 8)));
            Assert.That(costs[0].Recomputed, Is.EqualTo(projected[0].Cached), "from the embedded template");
            Assert.That(costs[2].Recomputed, Is.EqualTo(projected[2].Recomputed));
            Assert.That(costs.Select(static cost => cost.Rule), Is.All.EqualTo(RecomputeRule.FromStart));
            Assert.That(unet.Select(static cost => cost.Load.Ticks), Is.EqualTo(new[] { 0, 0, 2 * Bytes(170), 2 * Bytes(170), Bytes(170), 0, Bytes(50 - 8) }));
            Assert.That(unet.Select(static cost => cost.Rule == RecomputeRule.Never), Is.EqualTo(new[] { false, false, true, false, true, false, true }));
            Assert.That(unet[1].Cached, Is.EqualTo(Costs(Model, 2, 30)[1].Cached), "behind convolutions rows are projected");
        }
    }

    [TestCase(CacheNumbers.Float32, 40)]
    [TestCase(CacheNumbers.BFloat16, 20)]
    [TestCase(CacheNumbers.Int8, 14)]
    [TestCase(CacheNumbers.Float8, 14)]
    public void Cached_rows_have_numbers_of_their_own(CacheNumbers numbers, int bytes)
    {
        var (input, ready) = (Flux(new CacheFormat(CacheVariant.BlockInput, numbers)), Flux(new CacheFormat(CacheVariant.KeysValues, numbers)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Costs(input, 2, 30).Select(static cost => cost.Load.Ticks), Is.EqualTo(new[] { 0, 170 * bytes, 170 * bytes, 170 * bytes }));
            Assert.That(Costs(ready, 2, 30).Select(static cost => cost.Load.Ticks), Is.All.EqualTo(2 * 170 * bytes));
            Assert.That(input.TemplateCacheBytes(3), Is.EqualTo(3 * 4 * 107 * bytes));
            Assert.That(ready.TemplateCacheBytes(3), Is.EqualTo(3 * 4 * 2 * 100 * bytes), "keys and values of the template's text are of no use");
            Assert.That(Costs(input, 2, 30)[2].Rule, Is.EqualTo(bytes >= 20 ? RecomputeRule.Anywhere : RecomputeRule.FromStart), "of compressed rows no computation goes on");
            Assert.That((input with { Cache = default, BytesPerElement = 4 }).WeightBytes, Is.EqualTo((input with { BytesPerElement = 4 }).WeightBytes));
        }
    }

    [Test]
    public void Bytes_are_what_the_costs_load_in_every_combination_that_the_rules_allow(
        [Values] CacheVariant variant, [Values(CacheNumbers.AsModel, CacheNumbers.Int8)] CacheNumbers numbers, [Values] bool unet)
    {
        var model = unet ? Model with { Cache = new CacheFormat(variant, numbers) } : Flux(new CacheFormat(variant, numbers));
        var (costs, allowed) = (Costs(model, 3, 41), 0);
        for (var choice = 0; choice < 1 << costs.Length; choice++)
        {
            BlockMode[] modes = [.. costs.Select((_, i) => (choice >> i & 1) == 0 ? BlockMode.Cached : BlockMode.Recomputed)];
            if (costs.Index().All(cost => cost.Item.Allows(modes[cost.Index], cost.Index == 0 ? BlockMode.Plain : modes[cost.Index - 1])))
            {
                allowed++;
                var copied = costs.Select((cost, i) => cost.Copy(modes[i], i == 0 ? BlockMode.Plain : modes[i - 1]).Ticks).Sum();
                Assert.That(BatchCosts.Bytes(model, 3, 41, modes), Is.EqualTo(copied));
            }
        }

        Assert.That(allowed, unet || (variant, numbers) == default ? Is.GreaterThan(costs.Length) : Is.EqualTo(costs.Length + 1), "a prefix of any length");
    }

    [Test]
    public void A_mode_that_the_rule_forbids_has_no_cost() => Assert.That(
        () => Costs(Flux(new CacheFormat(CacheVariant.KeysValues, CacheNumbers.AsModel)), 1, 10)[2].Copy(BlockMode.Recomputed, BlockMode.Cached), Throws.ArgumentException);

    [Test]
    public void Operations_of_a_step_with_cached_keys_are_without_their_projection()
    {
        var (input, ready) = (Flux(default), Flux(new CacheFormat(CacheVariant.KeysValues, CacheNumbers.AsModel)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ready.MaskedStepFlops(30), Is.EqualTo(input.MaskedStepFlops(30) - (4 * 70 * 8)));
            Assert.That(ready.CachedWork(1, 1, 30).ReusedRows, Is.EqualTo(70), "they are put in their place all the same");
        }
    }

    private static ModelShape Flux(CacheFormat cache) => Model with { Blocks = [.. Enumerable.Repeat(WithText, 4)], Cache = cache };

    private static readonly BlockShape WithText = new(
        BlockKind.Joint, Width, Tokens, 7, new BlockWork(new Work(1, 0, 0, 70, 0), new Work(0, 1, 0, 40, 4 * Tokens), new Work(0, 0, 1, 8, 0)));

    private static BlockShape Transformer(int tokens) => new(
        BlockKind.CrossAttention, Width, tokens, 0, new BlockWork(new Work(1, 0, 0, 70, 0), new Work(0, 1, 0, 40, 4 * tokens), new Work(0, 0, 1, 8, 0)));

    private static long Bytes(long rows) => rows * Width * 2;

    private static BlockCost[] Costs(ModelShape model, int members, int maskedTokens)
    {
        var costs = new BlockCost[model.Blocks.Count];
        BatchCosts.Fill(model, new OneTick(), members, maskedTokens, costs);
        return costs;
    }

    // A tick for each operation and each byte.
    private sealed class OneTick : ICostModel
    {
        public TimeSpan Encode => TimeSpan.Zero;

        public TimeSpan Decode => TimeSpan.Zero;

        public TimeSpan Compute(BlockKind kind, in Work work) => new(work.Flops);

        public TimeSpan Load(long bytes) => new(bytes);

        public TimeSpan StepOverhead(int members) => TimeSpan.Zero;

        public TimeSpan Record(int steps) => TimeSpan.Zero;
    }
}
