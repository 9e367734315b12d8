using SimServe.GpuBackend.Models.ControlNets;
using SimServe.GpuBackend.Models.Published;
using SimServe.GpuBackend.Tests.Models.UNets;
using SimServe.GpuBackend.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Models.ControlNets;

public sealed class ControlNetModelTests
{
    // Published sizes in millions of parameters.
    [TestCase("sd15-controlnet", 361.28)]
    [TestCase("sdxl-controlnet", 1251.01)]
    public void Published_configurations_have_the_published_numbers_of_parameters(string name, double millions)
    {
        using var model = new ControlNetModel(ControlNetConfig.Read(PublishedConfigs.Read(name)), WeightStore.Counted());
        Assert.That(Math.Round(model.Weights.ParameterCount / 1e6, 2), Is.EqualTo(millions));
    }

    [Test]
    public void A_model_of_blue_first_pictures_is_given_the_channels_the_other_way_round()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var red = SmallUNets.ControlNet("rgb");
        using var blue = SmallUNets.ControlNet("bgr");
        var picture = SmallUNets.Picture(1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(SmallUNets.Difference(blue.EmbedCondition(picture), red.EmbedCondition(picture.flip(1))), Is.Zero);
            Assert.That(SmallUNets.Difference(blue.EmbedCondition(picture), red.EmbedCondition(picture)), Is.Positive);
        }
    }

    [Test]
    public void One_embedded_picture_serves_a_whole_batch_and_every_step()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var model = SmallUNets.ControlNet();
        var input = SmallUNets.Input(2);
        var picture = SmallUNets.Picture(1);
        var embedded = model.EmbedCondition(picture);
        model.Forward(input, embedded);
        var shared = model.Forward(input, embedded);
        var repeated = model.Forward(input, model.EmbedCondition(picture.expand(2, -1, -1, -1)));

        // On some processors convolutions sum in another order for another batch.
        Assert.That(shared.Down.Append(shared.Mid).Zip(repeated.Down.Append(repeated.Mid), SmallUNets.Difference), Is.All.LessThan(1e-4));
    }

    [Test]
    public void Guess_mode_weakens_shallow_residuals_most()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var model = SmallUNets.ControlNet();
        var input = SmallUNets.Input(1);
        var embedded = model.EmbedCondition(SmallUNets.Picture(1));
        var plain = model.Forward(input, embedded);
        var guessed = model.Forward(input, embedded, scale: 0.5, guessMode: true);
        var factors = guessed.Down.Append(guessed.Mid).Zip(plain.Down.Append(plain.Mid), static (got, full) => got.norm().div(full.norm()).ToDouble());
        Assert.That(factors, Is.EqualTo(Enumerable.Range(0, 7).Select(static i => 0.5 * Math.Pow(10, (i / 6.0) - 1))).Within(1e-5));
    }

    [Test]
    public void A_picture_of_another_size_is_refused()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var model = SmallUNets.ControlNet();
        var embedded = model.EmbedCondition(zeros(1, 3, 64, 64));
        Assert.That(
            () => model.Forward(SmallUNets.Input(1), embedded), Throws.ArgumentException.With.Message.Contains("[1, 8, 8, 8]").And.Message.Contains("[1, 4, 6, 7]"));
    }

    [Test]
    public void Dispose_frees_everything_that_the_model_and_its_forward_passes_made()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var input = SmallUNets.Input(2);
        var picture = SmallUNets.Picture(2);
        var before = LiveTensors.Settled();
        using (var model = SmallUNets.ControlNet())
        using (var embedded = model.EmbedCondition(picture))
        using (var residuals = model.Forward(input, embedded))
        {
            Assert.That(residuals.Down, Has.Count.EqualTo(6));
        }

        Assert.That(LiveTensors.Count(), Is.EqualTo(before));
    }
}
