using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Models.UNets;

/// <summary>Optimisations change how layers are computed and nothing else, whatever adapters, threads and sizes of input come.</summary>
public sealed class BackboneOptimisationsTests
{
    private const double Rounding = 1e-5;

    private static IEnumerable<string> Ways => [.. BackboneOptimisations.Names, "all"];

    [Test]
    public void All_are_switched_on_by_all_and_none_by_none()
    {
        var switches = typeof(BackboneOptimisations).GetProperties().Where(static property => property.PropertyType == typeof(bool)).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(switches, Has.Length.EqualTo(BackboneOptimisations.Names.Count));
            Assert.That(switches.Select(static one => one.GetValue(BackboneOptimisations.All)), Is.All.True);
            Assert.That(switches.Select(static one => one.GetValue(BackboneOptimisations.None)), Is.All.False);
            Assert.That(BackboneOptimisations.Names.Aggregate(BackboneOptimisations.None, static (set, name) => set.With(name)), Is.EqualTo(BackboneOptimisations.All));
            Assert.That(
                () => BackboneOptimisations.None.With("faster"), Throws.ArgumentException.With.Message.Contains("\"faster\"").And.Message.Contains(string.Join(", ", BackboneOptimisations.Names)));
        }
    }

    [TestCaseSource(nameof(Ways))]
    public void The_prediction_is_the_plain_one(string name)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var plain = SmallUNets.UNet();
        using var plainNet = SmallUNets.ControlNet();
        using var model = SmallUNets.UNet(optimisations: Of(name));
        using var net = SmallUNets.ControlNet(optimisations: Of(name));

        // More sizes than weights are packed for.
        foreach (var batch in new[] { 1, 2, 3, 1 })
        {
            var input = SmallUNets.Input(batch, seed: batch);
            var want = plain.Forward(input with { Residuals = plainNet.Forward(input, plainNet.EmbedCondition(SmallUNets.Picture(1))) });
            var got = model.Forward(input with { Residuals = net.Forward(input, net.EmbedCondition(SmallUNets.Picture(1))) });
            Assert.That(SmallUNets.Difference(got, want), Is.Not.NaN.And.LessThan(Rounding * want.abs().max().ToDouble()), $"batch of {batch}");
            Assert.That(got.is_contiguous());
        }
    }

    // The bound of UNet2DConditionModelTests, for the same reasons: fused layers round less often.
    [Test]
    public void Bfloat16_gives_the_same_prediction_within_its_precision()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var exact = SmallUNets.UNet();
        using var rough = SmallUNets.UNet(ScalarType.BFloat16, optimisations: BackboneOptimisations.All);
        var want = exact.Forward(SmallUNets.Input(2));
        var got = rough.Forward(SmallUNets.Input(2, ScalarType.BFloat16));
        Assert.That(got.dtype, Is.EqualTo(ScalarType.BFloat16));
        Assert.That(got.to(ScalarType.Float32).sub(want).norm().div(want.norm()).ToDouble(), Is.Positive.And.LessThan(2 * Math.Sqrt(320 / 12.0) / 256));
    }

    [TestCaseSource(nameof(Ways))]
    public void Adapters_count_at_once_and_leave_nothing_behind(string name)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var plain = SmallUNets.UNet();
        using var model = SmallUNets.UNet(optimisations: Of(name));
        var input = SmallUNets.Input(2);
        var before = model.Forward(input);
        Patch(plain.Weights, 1.1);
        Patch(model.Weights, 1.1);
        var patched = model.Forward(input);
        var want = plain.Forward(input);
        Patch(model.Weights, 0.9);
        var other = model.Forward(input);
        foreach (var weight in model.Weights.All.Values)
        {
            weight.Restore();
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(SmallUNets.Difference(patched, want), Is.Not.NaN.And.LessThan(Rounding * want.abs().max().ToDouble()));
            Assert.That(SmallUNets.Difference(other, patched), Is.GreaterThan(0.01));
            Assert.That(SmallUNets.Difference(model.Forward(input), before), Is.Zero);
        }
    }

    [Test]
    public void Threads_that_run_a_new_model_at_once_agree()
    {
        using var scope = NewDisposeScope();
        using var model = SmallUNets.UNet(optimisations: BackboneOptimisations.All);
        UNetInput[] inputs = [.. Enumerable.Range(0, 8).Select(static i => SmallUNets.Input(1 + (i % 3), seed: i))];
        var together = new Tensor[inputs.Length];
        Parallel.For(0, inputs.Length, i =>
        {
            using var mode = inference_mode();
            together[i] = model.Forward(inputs[i]).DetachFromDisposeScope();
        });
        using var sequential = inference_mode();
        foreach (var (got, input) in together.Zip(inputs))
        {
            Assert.That(SmallUNets.Difference(got, model.Forward(input)), Is.Not.NaN.And.LessThan(Rounding));
            got.Dispose();
        }
    }

    [Test]
    public void Keys_of_the_text_are_computed_in_the_first_step_only_and_give_the_same_prediction()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var model = SmallUNets.UNet();
        using var keys = new TextKeys();
        var input = SmallUNets.Input(2);
        var first = Counted(model, input with { TextKeys = keys });
        var second = Counted(model, input with { TextKeys = keys });
        var plain = Counted(model, input);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(first.Calls, Is.EqualTo(plain.Calls));
            Assert.That(plain.Calls - second.Calls, Is.EqualTo(2 * Blocks(model)));
            Assert.That(SmallUNets.Difference(second.Output, plain.Output), Is.Zero);
        }
    }

    [Test]
    public void Joined_projections_take_three_products_fewer_in_each_block()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var plain = SmallUNets.UNet();
        using var joined = SmallUNets.UNet(optimisations: Of("joined-projections"));
        var input = SmallUNets.Input(1);
        Assert.That(Counted(plain, input).Calls - Counted(joined, input).Calls, Is.EqualTo(3 * Blocks(plain)));
    }

    [Test]
    public void Dispose_frees_everything_that_was_made_of_weights()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var input = SmallUNets.Input(2);
        var picture = SmallUNets.Picture(1);
        var before = LiveTensors.Settled();
        using (var model = SmallUNets.UNet(optimisations: BackboneOptimisations.All))
        using (var net = SmallUNets.ControlNet(optimisations: BackboneOptimisations.All))
        using (var keys = new TextKeys())
        {
            Step(model, net, input with { TextKeys = keys }, picture);
            var kept = LiveTensors.Count();
            Patch(model.Weights, 1.1);
            Step(model, net, input with { TextKeys = keys }, picture);
            foreach (var weight in model.Weights.All.Values)
            {
                weight.Restore();
            }

            Step(model, net, input with { TextKeys = keys }, picture);
            Assert.That(LiveTensors.Count(), Is.EqualTo(kept), "left over by later passes");
        }

        Assert.That(LiveTensors.Count(), Is.EqualTo(before), "left over by the models");
    }

    private static void Step(UNet2DConditionModel model, GpuBackend.Models.ControlNets.ControlNetModel net, UNetInput input, Tensor picture)
    {
        using var embedded = net.EmbedCondition(picture);
        using var residuals = net.Forward(input, embedded);
        model.Forward(input with { Residuals = residuals }).Dispose();
    }

    private static int Blocks(UNet2DConditionModel model) =>
        model.Weights.All.Keys.Count(static name => name.EndsWith(".attn1.to_q.weight", StringComparison.Ordinal));

    private static (long Calls, Tensor Output) Counted(UNet2DConditionModel model, UNetInput input)
    {
        using var meter = OperationMeter.Begin();
        var output = model.Forward(input);
        return (meter.Calls, output);
    }

    private static BackboneOptimisations Of(string name) => name == "all" ? BackboneOptimisations.All : BackboneOptimisations.None.With(name);

    private static void Patch(WeightStore weights, double factor)
    {
        foreach (var weight in weights.All.Values)
        {
            weight.Patch(weight.Original.mul(factor));
        }
    }
}
