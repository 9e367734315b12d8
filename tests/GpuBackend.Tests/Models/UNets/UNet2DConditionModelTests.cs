using SimServe.GpuBackend.Models.Published;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Models.UNets;

public sealed class UNet2DConditionModelTests
{
    // Published sizes in millions of parameters.
    [TestCase("sd15-unet", 859.52)]
    [TestCase("sd21-unet", 865.91)]
    [TestCase("sd2-inpaint-unet", 865.93)]
    [TestCase("sdxl-unet", 2567.46)]
    [TestCase("sdxl-inpaint-unet", 2567.48)]
    public void Published_configurations_have_the_published_numbers_of_parameters(string name, double millions)
    {
        using var model = new UNet2DConditionModel(UNetConfig.Read(PublishedConfigs.Read(name)), WeightStore.Counted());
        Assert.That(Math.Round(model.Weights.ParameterCount / 1e6, 2), Is.EqualTo(millions));
    }

    [Test]
    public void A_batch_of_two_equals_two_batches_of_one()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var model = SmallUNets.UNet();
        var both = SmallUNets.Input(2);
        var together = model.Forward(both);
        var apart = cat([model.Forward(SmallUNets.One(both, 0)), model.Forward(SmallUNets.One(both, 1))]);
        Assert.That(SmallUNets.Difference(together, apart), Is.Not.NaN.And.LessThan(1e-5).And.LessThan(1e-4 * together.abs().max().ToDouble()));
    }

    // About 320 roundings follow one another from sample to prediction. A rounding is off by 1 / sqrt(12) units of the last place (root mean square);
    // independent ones add up to sqrt(320 / 12) = 5.2 units. Twice that is allowed.
    [TestCase(ScalarType.BFloat16, 1.0 / 256)]
    [TestCase(ScalarType.Float16, 1.0 / 2048)]
    public void Short_types_give_the_same_prediction_within_their_precision(ScalarType type, double unit)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var exact = SmallUNets.UNet();
        using var rough = SmallUNets.UNet(type);
        var want = exact.Forward(SmallUNets.Input(2));
        var got = rough.Forward(SmallUNets.Input(2, type));
        Assert.That(got.dtype, Is.EqualTo(type));
        Assert.That(got.to(ScalarType.Float32).sub(want).norm().div(want.norm()).ToDouble(), Is.Positive.And.LessThan(2 * Math.Sqrt(320 / 12.0) * unit));
    }

    [Test]
    public void The_two_halves_together_are_the_whole()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var model = SmallUNets.UNet();
        var input = SmallUNets.Input(1);
        Assert.That(SmallUNets.Difference(model.Decode(model.Encode(input)), model.Forward(input)), Is.Zero);
    }

    [Test]
    public void Forward_leaves_its_inputs_as_they_were()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var model = SmallUNets.UNet();
        using var net = SmallUNets.ControlNet();
        var plain = SmallUNets.Input(2);
        var input = plain with { Residuals = net.Forward(plain, net.EmbedCondition(SmallUNets.Picture(2))) };
        var tensors = Tensors(input);
        var copies = tensors.Select(static tensor => tensor.clone()).ToArray();
        model.Forward(input);
        Assert.That(tensors.Zip(copies, static (now, before) => now.Equals(before)), Is.All.True);
    }

    [Test]
    public void Residuals_count_for_each_member_of_the_batch_alone()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var model = SmallUNets.UNet();
        using var net = SmallUNets.ControlNet();
        var plain = SmallUNets.Input(2);
        var input = plain with { Residuals = net.Forward(plain, net.EmbedCondition(SmallUNets.Picture(2))) };
        var together = model.Forward(input);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(SmallUNets.Difference(together[1], model.Forward(SmallUNets.One(input, 1))[0]), Is.Not.NaN.And.LessThan(1e-5));
            Assert.That(SmallUNets.Difference(together, model.Forward(plain)), Is.GreaterThan(0.01));
        }
    }

    [Test]
    public void Residuals_of_another_structure_are_refused()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var model = SmallUNets.UNet();
        using var net = SmallUNets.ControlNet(levels: "1");
        var input = SmallUNets.Input(1);
        var residuals = net.Forward(input, net.EmbedCondition(SmallUNets.Picture(1)));
        Assert.That(
            () => model.Forward(input with { Residuals = residuals }), Throws.ArgumentException.With.Message.Contains("4 residuals").And.Message.Contains("6 skip"));
    }

    [Test]
    public void Shapes_that_do_not_fit_are_named()
    {
        using var scope = NewDisposeScope();
        using var model = SmallUNets.UNet();
        var input = SmallUNets.Input(2);
        using (Assert.EnterMultipleScope())
        {
            Refused(input with { Sample = zeros(2, 9, 8, 8) }, "Sample is [2, 9, 8, 8]; this model needs [B, 4, h, w]");
            Refused(input with { Sample = zeros(4) }, "Sample is [4]");
            Refused(input with { Timestep = zeros(3) }, "Timestep is [3]");
            Refused(input with { Text = zeros(2, 7, 13) }, "Text is [2, 7, 13]");
            Refused(input with { Text = zeros(1, 7, 12) }, "needs [2, T, 12]");
            Refused(input with { AddedCondition = null }, "AddedCondition");
            Refused(input with { AddedCondition = input.AddedCondition! with { PooledText = zeros(2, 9) } }, "PooledText is [2, 9]; this model needs [2, 8]");
            Refused(input with { AddedCondition = input.AddedCondition! with { TimeIds = zeros(6) } }, "TimeIds is [6]");
        }

        void Refused(UNetInput wrong, string message) => Assert.That(() => model.Forward(wrong), Throws.ArgumentException.With.Message.Contains(message));
    }

    [Test]
    public void Dispose_frees_everything_that_the_model_and_its_forward_passes_made()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var input = SmallUNets.Input(2);
        var before = LiveTensors.Settled();
        using (var model = SmallUNets.UNet())
        {
            var loaded = LiveTensors.Count();
            model.Forward(input).Dispose();
            Assert.That(LiveTensors.Count(), Is.EqualTo(loaded), "left over by the forward pass");
        }

        Assert.That(LiveTensors.Count(), Is.EqualTo(before), "left over by the model");
    }

    [Test]
    public void Managed_bytes_of_a_forward_pass_do_not_grow_with_the_model_s_width()
    {
        var (narrow, wide) = (ManagedBytes(1), ManagedBytes(4));
        Assert.That(wide, Is.EqualTo(narrow).Within(5).Percent);
    }

    private static long ManagedBytes(int times)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var model = SmallUNets.UNet(times: times);
        var input = SmallUNets.Input(1);
        model.Forward(input).Dispose();
        var before = GC.GetAllocatedBytesForCurrentThread();
        model.Forward(input).Dispose();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static Tensor[] Tensors(UNetInput input) =>
    [
        input.Sample, input.Timestep, input.Text, input.AddedCondition!.PooledText, input.AddedCondition.TimeIds, .. input.Residuals!.Down, input.Residuals.Mid,
    ];
}
