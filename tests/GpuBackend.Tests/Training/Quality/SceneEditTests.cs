using SimServe.GpuBackend.Training.Quality;
using SimServe.GpuBackend.Training.Scenes;

namespace SimServe.GpuBackend.Tests.Training.Quality;

public sealed class SceneEditTests
{
    private static readonly SceneEdit[] Edits = [.. SceneEdit.Draw(new SceneSource(1, SceneSplit.HeldOut), 200, 4)];

    [Test]
    public void Masks_cover_nearly_a_fifth_of_the_picture() =>
        Assert.That(Edits.Select(static edit => edit.Mask.Edited.ToArray().Average(static pixel => pixel ? 1.0 : 0)), Is.All.EqualTo(12.0 / 64));

    [Test]
    public void A_mask_covers_the_object_that_gives_way_whole_and_touches_no_other()
    {
        foreach (var edit in Edits)
        {
            for (var item = 0; item < edit.Scene.Objects.Count; item++)
            {
                var pixels = ScenePainter.MaskOf(edit.Scene, item).Edited.ToArray();
                var covered = pixels.Zip(edit.Mask.Edited.ToArray()).Count(static pair => pair.First && pair.Second);
                Assert.That(covered, Is.EqualTo(item == edit.Replaced ? pixels.Count(static pixel => pixel) : 0), edit.Scene.Caption);
            }
        }
    }

    [Test]
    public void What_is_wanted_is_not_there_yet() =>
        Assert.That(Edits.Where(static edit => (edit.Wanted.Shape, edit.Wanted.Colour) == (edit.Scene.Objects[edit.Replaced].Shape, edit.Scene.Objects[edit.Replaced].Colour)), Is.Empty);

    [Test]
    public void Prompts_are_phrases() => Assert.That(Edits.Select(static edit => edit.Prompt), Is.All.Match("^a [a-z]+ [a-z]+$"));
}
