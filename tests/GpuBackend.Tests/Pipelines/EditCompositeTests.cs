using SimServe.GpuBackend.Pipelines;
using SimServe.Policies;

namespace SimServe.GpuBackend.Tests.Pipelines;

public sealed class EditCompositeTests
{
    [Test]
    public void Unmasked_pixels_are_the_input_s_and_masked_ones_the_edit_s()
    {
        var random = new RandomStream(3, "composite");
        var (input, made) = (Pictures.Random(random, 13, 7), Pictures.Random(random, 13, 7));
        var mask = Pictures.RandomMask(random, 13, 7);
        var result = EditComposite.Of(made, new InpaintSource { Image = input, Mask = mask });
        for (var i = 0; i < mask.Edited.Length; i++)
        {
            var expected = mask.Edited[i] ? made : input;
            Assert.That(result.Pixels.Slice(3 * i, 3).ToArray(), Is.EqualTo(expected.Pixels.Slice(3 * i, 3).ToArray()), $"pixel {i}");
        }
    }

    [TestCase(16, 8, 8, 16, 8)]
    [TestCase(13, 7, 8, 16, 8)]
    [TestCase(1, 1, 16, 16, 16)]
    public void A_canvas_grows_to_the_model_s_grid_and_is_cropped_back(int width, int height, int granularity, int grownWidth, int grownHeight)
    {
        var random = new RandomStream(4, "canvas");
        var source = new InpaintSource { Image = Pictures.Random(random, width, height), Mask = Pictures.RandomMask(random, width, height) };
        var canvas = new EditCanvas(source, granularity);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((canvas.Source.Image.Width, canvas.Source.Image.Height), Is.EqualTo((grownWidth, grownHeight)));
            Assert.That((canvas.Source.Mask.Width, canvas.Source.Mask.Height), Is.EqualTo((grownWidth, grownHeight)));
            Assert.That(canvas.Crop(canvas.Source.Image).Pixels.ToArray(), Is.EqualTo(source.Image.Pixels.ToArray()));
            Assert.That(Edited(canvas.Source), Is.EqualTo(Edited(source)), "the border is never edited");
        }
    }

    [Test]
    public void An_image_and_a_mask_of_two_sizes_are_refused_with_both_sizes()
    {
        var random = new RandomStream(5, "sizes");
        var source = new InpaintSource { Image = Pictures.Random(random, 8, 8), Mask = Pictures.RandomMask(random, 8, 9) };
        Assert.That(() => new EditCanvas(source, 8), Throws.TypeOf<InvalidRequestException>().With.Message.Contains("8x8").And.Message.Contains("8x9"));
    }

    private static int Edited(InpaintSource source) => source.Mask.Edited.ToArray().Count(static edited => edited);
}
