using SimServe.GpuBackend.Models.Flux;
using SimServe.Policies;

namespace SimServe.GpuBackend.Tests.Models.Flux;

public sealed class FluxConfigTests
{
    [Test]
    public void Every_fault_is_listed_at_once()
    {
        var transformer = Small.Config.Transformer with { HeadWidth = 15, InChannels = 5, GuidanceEmbeds = true };
        var broken = Small.Config with { TextTokens = 0, Transformer = transformer };
        Assert.That(
            () => broken.Validated(),
            Throws.ArgumentException.With.Message.Contains("HeadWidth = 15").And.Message.Contains("TextTokens is 0")
                .And.Message.Contains("InChannels is 5").And.Message.Contains("GuidanceEmbeds is True"));
    }

    [Test]
    public void No_heads_are_a_fault_not_a_crash()
    {
        var broken = Small.Config with { Transformer = Small.Config.Transformer with { Heads = 0 } };
        Assert.That(() => broken.Validated(), Throws.ArgumentException.With.Message.Contains("Heads is 0"));
    }

    [Test]
    public void The_nano_model_has_the_shape_that_policies_see()
    {
        var shape = FluxConfig.Nano.Validated().ToShape();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(shape.Grid.Count, Is.EqualTo(256));
            Assert.That(shape.Blocks.Select(static block => block.Kind), Is.EqualTo(
                Enumerable.Repeat(BlockKind.DoubleStream, 4).Concat(Enumerable.Repeat(BlockKind.SingleStream, 8))));
        }
    }
}
