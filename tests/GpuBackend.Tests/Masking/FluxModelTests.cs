using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Models.Flux;
using TorchSharp;

namespace SimServe.GpuBackend.Tests.Masking;

public sealed class FluxModelTests
{
    [Test]
    public void One_seed_gives_one_model()
    {
        using var again = new FluxModel(Small.Config, Small.Model.Seed);
        using var other = new FluxModel(Small.Config, Small.Model.Seed + 1);
        using var latents = torch.ones(64, 192);
        var prompt = Small.Prompts.Encode("a boat");
        using var first = Small.Model.Velocity(latents, 0.5, prompt);
        using var second = again.Velocity(latents, 0.5, prompt);
        using var third = other.Velocity(latents, 0.5, prompt);
        using (Assert.EnterMultipleScope())
        {
            // Not bit for bit: matrix products may add in another order when their memory is aligned differently.
            Assert.That(Small.LargestDifference(second.data<float>().ToArray(), first.data<float>().ToArray()), Is.Not.NaN.And.LessThan(1e-5));
            Assert.That(Small.LargestDifference(third.data<float>().ToArray(), first.data<float>().ToArray()), Is.GreaterThan(0.1));
        }
    }

    [Test]
    public void Activations_and_velocity_stay_near_one()
    {
        using var model = new FluxModel(FluxConfig.Nano, 1);
        using var latents = torch.ones(256, 768);
        using var velocity = model.Velocity(latents, 0.7, new HashedPromptEncoder(FluxConfig.Nano).Encode("a boat"));
        Assert.That(velocity.square().mean().sqrt().item<float>(), Is.InRange(0.1f, 3f));
    }

    [Test]
    public void Latents_of_another_shape_are_refused()
    {
        using var latents = torch.ones(64, 191);
        Assert.That(
            () => Small.Model.Velocity(latents, 0.5, Small.Prompts.Encode("a boat")),
            Throws.ArgumentException.With.Message.Contains("[64, 192]").And.Message.Contains("[64, 191]"));
    }

    [Test]
    public void A_prompt_repeats_and_differs_from_others()
    {
        var boat = Small.Prompts.Encode("A red boat!");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Small.Prompts.Encode("a  red boat").Text, Is.EqualTo(boat.Text));
            Assert.That(Small.Prompts.Encode("a red ship").Text, Is.Not.EqualTo(boat.Text));
            Assert.That(Small.Prompts.Encode(string.Empty).Pooled, Has.Count.EqualTo(Small.Config.Transformer.PooledWidth));
        }
    }
}
