using SimServe.Cli.Profiling;
using SimServe.Cli.Validation;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Tests;

namespace SimServe.Cli.Tests;

/// <summary>Painted scenes as templates: which models get them, and what they are.</summary>
public sealed class PaintedTemplatesTests
{
    [Test]
    public void A_trained_model_of_their_size_gets_them_and_no_other()
    {
        using var folder = new TinyFluxFolder();
        var model = FluxFolder.Read(folder.Location);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(PaintedTemplates.Fit(model));
            Assert.That(PaintedTemplates.Fit(model with { Grid = new(16, 16, 8) }), Is.False);
            Assert.That(PaintedTemplates.Fit(FluxConfig.Nano with { Grid = new(8, 8, 8) }), Is.False, "its weights are random");
            Assert.That(CalibrationPictures.Of(model).Select(static picture => picture.Prompt), Has.All.Contains(" background"));
            Assert.That(CalibrationPictures.Of(FluxConfig.Nano)[1].Prompt, Is.EqualTo("calibration picture 1"));
        }
    }

    [Test]
    public void Scenes_differ_and_are_the_same_for_a_seed()
    {
        var (some, more, others) = (PaintedTemplates.Of(3, 5), PaintedTemplates.Of(4, 5), PaintedTemplates.Of(3, 6));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(some.Select(static one => one.Image.Pixels.ToArray()), Is.EqualTo(more.Take(3).Select(static one => one.Image.Pixels.ToArray())));
            Assert.That(more.Select(static one => one.Seed), Is.EqualTo(new long[] { 0, 1, 2, 3 }));
            Assert.That(more.Concat(others).Select(static one => Convert.ToHexString(one.Image.Pixels)), Is.Unique);
            Assert.That(some.Select(static one => (one.Image.Width, one.Image.Height)), Has.All.EqualTo((64, 64)));
        }
    }

    [Test]
    public void Prompts_of_edits_are_objects_that_were_learned() =>
        Assert.That(PaintedTemplates.EditPrompts, Has.Count.EqualTo(30).And.Contain("a green star").And.None.EqualTo("a green circle").And.Unique);
}
