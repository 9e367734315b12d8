using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Residency;

namespace SimServe.Policies.Tests.Residency;

public sealed class TemplateResidencyTests
{
    private const int Steps = 10;
    private const int Masked = 20;

    private static readonly ModelShape Model = new()
    {
        Name = "uniform",
        Grid = new TokenGrid(16, 16, 16),
        TextTokens = 16,
        BytesPerElement = 4,
        Blocks = [.. Enumerable.Repeat(new BlockShape(BlockKind.SingleStream, 64, 4, 256, 256, 16), 12)],
    };

    [Test]
    public void What_is_kept_fits_and_makes_a_resident_step_as_fast_as_the_planner_says()
    {
        var bytes = 4 * Model.BlockCacheBytes(1, Steps);
        var kept = Choose(new Costs(LoadSeconds: 2), bytes, [1]);
        var model = Model with { KeptBlocks = kept };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(model.DeviceCacheBytes(Steps), Is.InRange(1, bytes));
            Assert.That(Resident(model), Is.LessThan(Resident(Model with { KeptBlocks = new bool[12] })));
            Assert.That(Resident(Model with { KeptBlocks = new bool[12] }), Is.EqualTo(Planner(Model).StepTime(1, Masked)), "a device that keeps nothing loads everything");
        }

        static TimeSpan Resident(ModelShape model) => Planner(model).StepTime(1, Masked, new ResidentPart(1, Masked));
    }

    [Test]
    public void Fewer_blocks_of_more_templates_are_kept_the_more_templates_there_are()
    {
        var bytes = 2 * Model.DeviceCacheBytes(Steps);
        var (one, many) = (Choose(new Costs(2), bytes, [1]), Choose(new Costs(2), bytes, [.. Enumerable.Repeat(0.1, 10)]));
        Assert.That(many.Count(static kept => kept), Is.LessThan(one.Count(static kept => kept)).And.Positive);
    }

    [Test]
    public void Nothing_is_kept_where_loads_take_no_time() => Assert.That(Choose(new Costs(0), long.MaxValue, [1]), Is.All.False);

    [Test]
    public void Rows_that_are_kept_are_not_loaded_and_all_others_are()
    {
        var kept = Enumerable.Range(0, 12).Select(static block => block % 2 == 1).ToArray();
        var modes = Enumerable.Repeat(BlockMode.Cached, 12).ToArray();
        long Bytes(ModelShape model, ResidentPart resident) => BatchCosts.Bytes(model, 2, 2 * Masked, modes, resident);
        var model = Model with { KeptBlocks = kept };
        var perBlock = Bytes(Model, default) / 11;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Bytes(model, default), Is.EqualTo(11 * perBlock), "nobody is resident");
            Assert.That(Bytes(Model, new ResidentPart(2, 2 * Masked)), Is.Zero, "all blocks are kept");
            Assert.That(Bytes(model, new ResidentPart(2, 2 * Masked)), Is.EqualTo(5 * perBlock), "of blocks 1 to 11 those with even numbers load");
            Assert.That(Bytes(model, new ResidentPart(1, Masked)), Is.EqualTo((5 * perBlock) + (6 * perBlock / 2)), "and for the other member every block");
        }
    }

    private static bool[] Choose(Costs costs, long bytes, double[] shares) => TemplateResidency.Choose(Model, costs, 1, Masked, Steps, bytes, shares);

    private static StepPlanner Planner(ModelShape model) => new(model, new Costs(2), new OptimalPipeline());

    // Loads take so many times as long as computing the block in full.
    private sealed record Costs(double LoadSeconds) : ICostModel
    {
        private static readonly double Flops = Model.Blocks[0].PlainWork().Flops;

        private static readonly double Rows = 256.0 * 64 * 4;

        public TimeSpan Encode => TimeSpan.Zero;

        public TimeSpan Decode => TimeSpan.Zero;

        public TimeSpan Compute(BlockKind kind, in Work work) => TimeSpan.FromSeconds(work.Flops / Flops);

        public TimeSpan Load(long bytes) => TimeSpan.FromSeconds(LoadSeconds * bytes / Rows);

        public TimeSpan Record(int steps) => TimeSpan.Zero;

        public TimeSpan StepOverhead(int members) => TimeSpan.Zero;
    }
}
